# GHC: threads of its own scheduler on several processors, the GMP of its integers, child processes; its interpreter.
# root: programs
# minutes: 10
# What the package does when it is configured, this one is not.
[ -e /usr/lib/ghc/package.conf.d/package.cache ] || ghc-pkg recache
cat > m.hs <<'HS'
import Control.Concurrent
import Control.Exception
import qualified Data.Map as M
import System.Info
import System.Process

main :: IO ()
main = do
  putStrLn arch
  sums <- newEmptyMVar
  mapM_ (\n -> forkIO (putMVar sums $! sum [x * x | x <- [1 .. n * 1000 :: Int], odd x])) [1 .. 4]
  found <- mapM (const (takeMVar sums)) [1 .. 4 :: Int]
  print (M.toList (M.fromListWith (+) (zip (map (`mod` 7) found) found)))
  print (2 ^ (200 :: Int) `mod` (10 ^ (9 :: Int) + 7 :: Integer))
  caught <- try (evaluate (1 `div` (0 :: Int))) :: IO (Either ArithException Int)
  print caught
  readProcess "tr" ["a-z", "A-Z"] "from a child\n" >>= putStr
HS
# Its settings name the compiler by triplet and by links that come with the configuration.
ghc -v0 -pgmc gcc -pgma gcc -pgml gcc -O -threaded m.hs && ./m +RTS -N2
echo 'main = interact (map succ)' > i.hs
echo -n HAL | runghc i.hs; echo
