// Objects, closures, typed arrays, strings, sorting, JSON and regular expressions, in one run.
const rounds = Number(process.argv[2]);

class Tree {
  constructor(key) { this.key = key; this.left = null; this.right = null; }
  insert(key) {
    const side = key < this.key ? "left" : "right";
    if (this[side]) this[side].insert(key); else this[side] = new Tree(key);
  }
  sum(depth) {
    return this.key * depth + (this.left ? this.left.sum(depth + 1) : 0) + (this.right ? this.right.sum(depth + 1) : 0);
  }
}

let total = 0;
for (let i = 1; i <= rounds; i++) {
  const root = new Tree(500);
  for (let k = 0; k < 1000; k++) root.insert((k * 7919 + i) % 1009);
  total += root.sum(1);
  const counts = new Map();
  for (let k = 0; k < 5000; k++) {
    const word = "w" + ((k * 7919 + i) % 1009).toString(16);
    counts.set(word, (counts.get(word) || 0) + 1);
  }
  const order = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const text = JSON.stringify(order);
  total += (text.match(/w[0-9]+[a-f]/g) || []).length + JSON.parse(text).length;
  const grid = new Float64Array(64 * 64).map((_, k) => (k * i) % 7);
  for (let a = 0; a < 64; a++)
    for (let b = 0; b < 64; b++) {
      let s = 0;
      for (let k = 0; k < 64; k++) s += grid[a * 64 + k] * grid[k * 64 + b];
      total += s % 3;
    }
}
console.log(total);
