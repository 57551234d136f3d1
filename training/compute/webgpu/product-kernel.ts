/** Rows and columns of the result that one workgroup computes. */
export const tileSize = 64;
/** Columns of the inputs that one dispatch sums over; a multiple of 16. */
export const chunkColumns = 1024;

/**
 * Adds A B' over the columns [from, to) to `result`. 16 x 16 invocations compute a tile of 64 x 64 cells, 4 x 4 each;
 * sixteen columns at a time are brought into workgroup memory. One dispatch sums a chunk of columns in registers and
 * adds the sum to the result: short partial sums keep float32 accurate, and software drivers bear few barriers only.
 */
export const productKernel = /* wgsl */ `
struct Sizes { m: u32, n: u32, k: u32, from_column: u32, to_column: u32 }
@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> result: array<f32>;

var<workgroup> tile_a: array<f32, 1024>;
var<workgroup> tile_b: array<f32, 1024>;

@compute @workgroup_size(16, 16)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u,
        @builtin(local_invocation_index) index: u32) {
  let row = group.y * 64u;
  let column = group.x * 64u;
  var sums: array<vec4f, 4>;
  for (var k0 = sizes.from_column; k0 < sizes.to_column; k0 += 16u) {
    for (var part = 0u; part < 4u; part++) {
      let cell = index + part * 256u;
      let r = cell / 16u;
      let c = k0 + cell % 16u;
      var va = 0.0;
      var vb = 0.0;
      if (c < sizes.to_column) {
        if (row + r < sizes.m) { va = a[(row + r) * sizes.k + c]; }
        if (column + r < sizes.n) { vb = b[(column + r) * sizes.k + c]; }
      }
      tile_a[(cell % 16u) * 64u + r] = va;
      tile_b[(cell % 16u) * 64u + r] = vb;
    }
    workgroupBarrier();
    for (var c = 0u; c < 16u; c++) {
      let at_b = c * 64u + local.x * 4u;
      let y = vec4f(tile_b[at_b], tile_b[at_b + 1u], tile_b[at_b + 2u], tile_b[at_b + 3u]);
      let at_a = c * 64u + local.y * 4u;
      sums[0] += tile_a[at_a] * y;
      sums[1] += tile_a[at_a + 1u] * y;
      sums[2] += tile_a[at_a + 2u] * y;
      sums[3] += tile_a[at_a + 3u] * y;
    }
    workgroupBarrier();
  }
  for (var i = 0u; i < 4u; i++) {
    let r = row + local.y * 4u + i;
    for (var j = 0u; j < 4u; j++) {
      let c = column + local.x * 4u + j;
      if (r < sizes.m && c < sizes.n) {
        let at = r * sizes.n + c;
        result[at] = result[at] + sums[i][j];
      }
    }
  }
}
`;
