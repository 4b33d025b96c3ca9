# Hashes, regular expressions, sorting, string building and sprintf, in one run.
use strict;
use warnings;
my ($rounds) = @ARGV;
my $total = 0;
for my $i (1 .. $rounds) {
    my %count;
    my $text = join ' ', map { sprintf 'w%x', ($_ * 7919 + $i) % 1009 } 1 .. 4000;
    $count{$_}++ for split / /, $text;
    my @order = sort { $count{$b} <=> $count{$a} || $a cmp $b } keys %count;
    (my $changed = $text) =~ s/w([0-9]+)([a-f])/$2$1/g;
    $total += () = $changed =~ /\b[a-f]\d+/g;
    $total += length(join ',', map { "$_=$count{$_}" } @order);
    my @matrix = map { [map { $_ * $i % 17 } 1 .. 30] } 1 .. 30;
    for my $r (@matrix) { $total += $r->[$_] * $matrix[$_][0] for 0 .. 29 }
}
print "$total\n";
