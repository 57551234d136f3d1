/** To be filled. */
export function StorePage() {
  return <h1>Feature store</h1>;
}
