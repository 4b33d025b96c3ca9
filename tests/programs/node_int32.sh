# JavaScript's ToInt32 (FJCVTZS in code that V8 has optimised) beside what BigInt makes of it: numbers of all
# kinds, many of them near the ends of the range.
# root: programs
cat > int32.js << 'END'
const toInt32 = x => x | 0;
const exact = x => Number.isFinite(x) ? Number(BigInt.asIntN(32, BigInt(Math.trunc(x)))) : 0;
const view = new DataView(new ArrayBuffer(8));
let seed = 1n, wrong = 0;
for (let i = 0; i < 30000; i++) {
  seed = BigInt.asUintN(64, seed * 6364136223846793005n + 1442695040888963407n);
  const near = (seed & 0x800fffffffffffffn) | BigInt(1020 + Number(seed >> 52n) % 80) << 52n;
  view.setBigUint64(0, i % 3 ? near : seed);
  const x = view.getFloat64(0);
  if (toInt32(x) !== exact(x) && wrong++ < 5) console.log(x, toInt32(x), exact(x));
}
console.log('wrong:', wrong);
END
node int32.js
