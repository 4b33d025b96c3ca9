//! Where gdb connects: a port on the loopback interface, `HOST:PORT`, or a unix socket.
//!
//! In: what `-g` was given. Out: the connected socket of one gdb. Listening ends with that, so that
//! nobody else reaches the program, unless a gdb may come in again ([`door`](super::door)).

use super::fds;
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::stat::{Mode, umask};
use std::io;
use std::net::{TcpListener, ToSocketAddrs};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::FileTypeExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use thiserror::Error;

/// What `-g` was given.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Address {
    /// `PORT` (loopback only) or `HOST:PORT`. The kernel chooses for port 0.
    Tcp {
        /// Name or address; brackets around IPv6 are gone.
        host: String,
        /// Port.
        port: u16,
    },
    /// A path: anything with a slash.
    Unix(PathBuf),
}

/// Why gdb cannot connect.
#[derive(Error, Debug)]
pub enum ListenError {
    /// Neither a port nor a path.
    #[error("{0:?} is no place to listen: give a PORT (0 to 65535), a HOST:PORT or a path with a slash")]
    Malformed(String),
    /// The name does not resolve.
    #[error("cannot find host {host}: {error} (try 127.0.0.1)")]
    Host {
        /// As given.
        host: String,
        /// The resolver's.
        error: io::Error,
    },
    /// Taken, or forbidden.
    #[error("cannot listen on {place}: {error} ({hint})")]
    Bind {
        /// As given.
        place: String,
        /// The kernel's.
        error: io::Error,
        /// What to try.
        hint: &'static str,
    },
    /// The connection failed.
    #[error("cannot accept gdb's connection: {0} (try again)")]
    Accept(io::Error),
}

impl From<ListenError> for io::Error {
    fn from(error: ListenError) -> io::Error {
        match error {
            ListenError::Host { error, .. } | ListenError::Bind { error, .. } | ListenError::Accept(error) => error,
            ListenError::Malformed(_) => io::ErrorKind::InvalidInput.into(),
        }
    }
}

impl FromStr for Address {
    type Err = ListenError;

    fn from_str(text: &str) -> Result<Address, ListenError> {
        if text.contains('/') {
            return Ok(Address::Unix(text.into()));
        }
        let (host, port) = text.rsplit_once(':').unwrap_or(("", text));
        let port = port.parse().map_err(|_| ListenError::Malformed(text.to_string()))?;
        let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let host = if host.is_empty() { "127.0.0.1" } else { host };
        Ok(Address::Tcp { host: host.to_string(), port })
    }
}

/// A socket that waits for gdb.
pub enum Listener {
    /// On a port.
    Tcp(TcpListener),
    /// On a path, which goes away when gdb has connected.
    Unix(UnixListener, PathBuf),
}

impl Listener {
    /// Begins to listen.
    pub fn bind(address: &Address) -> Result<Listener, ListenError> {
        match address {
            Address::Tcp { host, port } => {
                let found: Vec<_> = (host.as_str(), *port)
                    .to_socket_addrs()
                    .map_err(|error| ListenError::Host { host: host.clone(), error })?
                    .collect();
                TcpListener::bind(found.as_slice()).map(Listener::Tcp).map_err(|error| ListenError::Bind {
                    place: format!("{host}:{port}"),
                    error,
                    hint: "try another port, or 0 for any free one",
                })
            }
            Address::Unix(path) => bind_unix(path).map_err(|error| ListenError::Bind {
                place: path.display().to_string(),
                error,
                hint: "try a path in a directory of your own",
            }),
        }
    }

    /// The line that says where, in gdbserver's words.
    pub fn announcement(&self) -> String {
        match self {
            Listener::Tcp(listener) => {
                let port = listener.local_addr().map_or(0, |address| address.port());
                format!("Listening on port {port}")
            }
            Listener::Unix(_, path) => format!("Listening on socket {}", path.display()),
        }
    }

    /// Waits for the only gdb.
    pub fn accept(self) -> Result<OwnedFd, ListenError> {
        let socket = self.accept_one()?;
        if let Listener::Unix(_, path) = &self {
            // Gone already: fine.
            let _ = std::fs::remove_file(path);
        }
        Ok(socket)
    }

    /// The socket, and its path if it has one, for [`Door`](super::door::Door).
    pub fn into_parts(self) -> (OwnedFd, Option<PathBuf>) {
        match self {
            Listener::Tcp(listener) => (listener.into(), None),
            Listener::Unix(listener, path) => (listener.into(), Some(path)),
        }
    }

    /// Waits for a gdb.
    pub fn accept_one(&self) -> Result<OwnedFd, ListenError> {
        let listener = match self {
            Listener::Tcp(listener) => listener.as_fd(),
            Listener::Unix(listener, _) => listener.as_fd(),
        };
        loop {
            match fds::accept(listener) {
                Err(Errno::EAGAIN) => {}
                other => return other.map_err(|error| ListenError::Accept(error.into())),
            }
            // A process of a session may have had it not wait.
            let mut fds = [PollFd::new(listener, PollFlags::POLLIN)];
            match poll(&mut fds, PollTimeout::NONE) {
                Ok(_) | Err(Errno::EINTR) => {}
                Err(error) => return Err(ListenError::Accept(error.into())),
            }
        }
    }
}

/// A unix socket that only its owner may connect to, from the first moment on.
fn bind_unix(path: &Path) -> io::Result<Listener> {
    let is_socket = std::fs::symlink_metadata(path).is_ok_and(|data| data.file_type().is_socket());
    if is_socket && UnixStream::connect(path).is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused) {
        std::fs::remove_file(path)?; // left behind by a process that is gone
    }
    let before = umask(Mode::from_bits_truncate(0o177));
    let listener = UnixListener::bind(path);
    umask(before);
    Ok(Listener::Unix(listener?, path.to_path_buf()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn tcp(host: &str, port: u16) -> Address {
        Address::Tcp { host: host.to_string(), port }
    }

    #[test]
    fn port_alone_is_loopback() {
        assert_eq!("1234".parse::<Address>().ok(), Some(tcp("127.0.0.1", 1234)));
        assert_eq!(":1234".parse::<Address>().ok(), Some(tcp("127.0.0.1", 1234)));
        assert_eq!("[::1]:0".parse::<Address>().ok(), Some(tcp("::1", 0)));
        assert_eq!("build.example:9".parse::<Address>().ok(), Some(tcp("build.example", 9)));
        assert_eq!("./gdb".parse::<Address>().ok(), Some(Address::Unix("./gdb".into())));
        for bad in ["", "x", "65536", "localhost:", "-1"] {
            assert!(bad.parse::<Address>().is_err(), "{bad}");
        }
    }

    #[test]
    fn taken_port_is_named() {
        let Ok(Listener::Tcp(first)) = Listener::bind(&tcp("127.0.0.1", 0)) else { unreachable!() };
        let port = first.local_addr().map_or(0, |address| address.port());
        let error = Listener::bind(&tcp("127.0.0.1", port)).err().expect("taken").to_string();
        assert!(error.contains(&format!("127.0.0.1:{port}")) && error.contains("try another port"), "{error}");
    }

    #[test]
    fn unix_socket_is_private_and_replaces_a_dead_one() {
        let path = std::env::temp_dir().join(format!("emu-listen-test-{}", std::process::id()));
        drop(Listener::bind(&Address::Unix(path.clone())).expect("bound"));
        let listener = Listener::bind(&Address::Unix(path.clone())).expect("bound again");
        assert_eq!(listener.announcement(), format!("Listening on socket {}", path.display()));
        let mode = std::fs::metadata(&path).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(Listener::bind(&Address::Unix(path.clone())).is_err(), "in use");
        let client = UnixStream::connect(&path);
        assert!(listener.accept().is_ok() && client.is_ok());
        assert!(!path.exists());
    }
}
