//! A server that says what a test has it say: one that answers nothing, or whose words are not its own.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

/// What it says to the question of that number, counted from 0: messages of the protocol, but for the last, which says that
/// it is ready for the next question.
type Answer = dyn Fn(usize, &str) -> Vec<u8> + Send + Sync;

/// A listener that takes any login. It ends with its clients.
pub(crate) struct Fake {
    port: u16,
}

impl Fake {
    pub(crate) fn start(answer: impl Fn(usize, &str) -> Vec<u8> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let answer: Arc<Answer> = Arc::new(answer);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let answer = Arc::clone(&answer);
                // A client that goes away ends its thread.
                std::thread::spawn(move || drop(serve(stream, &*answer)));
            }
        });
        Self { port }
    }

    pub(crate) fn url(&self) -> String {
        format!("postgres://me@127.0.0.1:{}/app?sslmode=disable", self.port)
    }
}

fn serve(mut stream: TcpStream, answer: &Answer) -> std::io::Result<()> {
    loop {
        let (mut length, mut rest) = ([0; 4], Vec::new());
        stream.read_exact(&mut length)?;
        rest.resize(u32::from_be_bytes(length) as usize - 4, 0);
        stream.read_exact(&mut rest)?;
        // A question whether it speaks TLS.
        if rest == 80_877_103_u32.to_be_bytes() {
            stream.write_all(b"N")?;
            continue;
        }
        break;
    }
    stream.write_all(&[message(b'R', &[0; 4]), ready()].concat())?;
    let mut asked = 0;
    loop {
        let (mut head, mut rest) = ([0; 5], Vec::new());
        stream.read_exact(&mut head)?;
        rest.resize(u32::from_be_bytes([head[1], head[2], head[3], head[4]]) as usize - 4, 0);
        stream.read_exact(&mut rest)?;
        if head[0] == b'Q' {
            let text = String::from_utf8_lossy(&rest);
            let said = answer(asked, text.trim_end_matches('\0'));
            stream.write_all(&[said, ready()].concat())?;
            asked += 1;
        }
    }
}

fn ready() -> Vec<u8> {
    message(b'Z', b"I")
}

fn message(letter: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).unwrap();
    [&[letter], &length.to_be_bytes()[..], body].concat()
}

/// A statement that is done and has no rows.
pub(crate) fn done() -> Vec<u8> {
    message(b'C', b"SELECT 0\0")
}

/// A text that was no statement.
pub(crate) fn empty() -> Vec<u8> {
    message(b'I', b"")
}

/// An error in the server's words.
pub(crate) fn error(state: &str, words: &str) -> Vec<u8> {
    message(b'E', format!("SERROR\0VERROR\0C{state}\0M{words}\0\0").as_bytes())
}
