# root: programs
# Ruby: threads, processes, JSON, digests.
ruby -e '
require "json"; require "digest"
p (1..4).map { |i| Thread.new { i * i } }.map(&:value)
pid = fork { exit 3 }
Process.wait pid
p $?.exitstatus, `echo from sh`, JSON.generate({a: 1.5, b: [nil, true]}), Digest::SHA256.hexdigest("abc")[0, 16]
p "x1y22".scan(/\d+/), 2**100, [3, 1, 2].sort.pack("C*")'
