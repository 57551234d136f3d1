/** Distance from 1 to the next double: PyRadiomics adds it inside logarithms and to denominators. */
export const EPSILON = 2 ** -52;
