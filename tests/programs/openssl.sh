# OpenSSL: digests, an authenticated cipher, an elliptic curve's signature, a certificate.
# root: programs
printf abc | openssl dgst -sha256 -r; printf abc | openssl dgst -sha3-256 -r
printf secret | openssl enc -aes-256-ctr -K $(printf '%064d' 1) -iv $(printf '%032d' 2) | openssl enc -d -aes-256-ctr -K $(printf '%064d' 1) -iv $(printf '%032d' 2); echo
openssl ecparam -genkey -name prime256v1 -noout -out key 2>/dev/null; openssl ec -in key -pubout -out public 2>/dev/null
echo message > text; openssl dgst -sha256 -sign key -out signature text; openssl dgst -sha256 -verify public -signature signature text
openssl req -x509 -key key -subj /CN=emu -days 1 -out cert; openssl verify -CAfile cert cert
