# ffmpeg: a picture and a tone made, encoded by several threads, decoded again; lossless stays what it was.
# root: programs
# Debian chooses among several implementations of these two when the package is configured.
export LD_LIBRARY_PATH=/usr/lib/aarch64-linux-gnu/blas:/usr/lib/aarch64-linux-gnu/lapack
ff() { ffmpeg -nostdin -v error -y "$@"; }
ff -f lavfi -i testsrc=size=160x120:rate=10:duration=1 -pix_fmt yuv420p raw.yuv; wc -c < raw.yuv
in="-f rawvideo -pix_fmt yuv420p -s 160x120 -r 10 -i raw.yuv"
ff $in -c:v ffv1 -threads 2 a.mkv; ff -i a.mkv -f rawvideo a.yuv; cmp raw.yuv a.yuv && echo ffv1
ff $in -c:v libx264 -qp 0 -threads 2 b.mkv; ff -i b.mkv -f rawvideo b.yuv; cmp raw.yuv b.yuv && echo x264
ff $in -c:v libx264 -crf 23 c.mp4; ffprobe -v error -count_frames -show_entries stream=codec_name,width,nb_read_frames -of csv=p=0 c.mp4
ff -f lavfi -i sine=frequency=440:duration=1 -c:a pcm_s16le t.wav; ff -i t.wav -c:a flac t.flac; ff -i t.flac u.wav
cmp <(tail -c 80000 t.wav) <(tail -c 80000 u.wav) && echo flac
ff -i c.mp4 -i t.wav -c:v copy -c:a aac -shortest d.mp4; ffprobe -v error -show_entries stream=codec_name -of csv=p=0 d.mp4
ff -i c.mp4 -vf scale=80:60,hflip -frames:v 1 e.png; head -c 4 e.png | tail -c 3; echo
