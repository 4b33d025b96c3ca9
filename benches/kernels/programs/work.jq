# Groups, sorts and reshapes a list of records.
group_by(.class)
| map({class: .[0].class, count: length, total: (map(.price) | add), names: (map(.name | ascii_upcase | select(test("A$"))) | sort | .[0:5])})
| sort_by(-.count, .class)
| {classes: map(.class), best: .[0:3], checks: [.[] | .total * 10 | floor]}
