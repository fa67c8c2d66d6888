//! Serves the sample on loopback, for all its councils on one listener.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CONTENT_TYPE, HOST, LOCATION};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use jiff::Timestamp;
use jiff::civil::Date;
use tokio::sync::oneshot;

use super::data::Sample;
use super::site;
use crate::model::{Error, Result};

/// A request as it came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedRequest {
    /// The host that was asked, without a port.
    pub host: String,
    /// The path with its query, as sent.
    pub path: String,
    /// When it came.
    pub at: Timestamp,
}

/// A running server of the sample; it stops when it is dropped.
#[derive(Debug)]
pub struct Publisher {
    address: SocketAddr,
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    sample: Sample,
    today: Mutex<Date>,
    requests: Mutex<Vec<LoggedRequest>>,
}

impl Publisher {
    /// Starts serving on a free port of 127.0.0.1, as if the day were `as_of`.
    ///
    /// Fails when no port can be opened or no thread started.
    pub fn start(as_of: Date) -> Result<Self> {
        let failed = || Error::io("open", "127.0.0.1:0");
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(failed())?;
        listener.set_nonblocking(true).map_err(failed())?;
        let address = listener.local_addr().map_err(failed())?;
        let shared = Arc::new(Shared {
            sample: Sample::load(),
            today: Mutex::new(as_of),
            requests: Mutex::new(Vec::new()),
        });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed())?;
        let listener = {
            let _inside = runtime.enter();
            tokio::net::TcpListener::from_std(listener).map_err(failed())?
        };
        let router = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        let (stop, stopped) = oneshot::channel();
        let serve = move || {
            runtime.block_on(async {
                // An idle connection would keep a graceful end waiting.
                tokio::select! {
                    _ = axum::serve(listener, router) => {}
                    _ = stopped => {}
                }
            });
            runtime.shutdown_background();
        };
        let thread = std::thread::Builder::new().name("publisher".into()).spawn(serve).map_err(failed())?;
        Ok(Self { address, shared, stop: Some(stop), thread: Some(thread) })
    }

    /// Where it listens. The council is told by the `Host` of a request.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Changes the day, and with it what is published.
    pub fn set_as_of(&self, today: Date) {
        *lock(&self.shared.today) = today;
    }

    /// The requests so far, in order.
    pub fn requests(&self) -> Vec<LoggedRequest> {
        lock(&self.shared.requests).clone()
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // It fails when the thread has ended already, which is as well.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// What a mutex guards here is whole at any time, also after a panic.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn answer(State(shared): State<Arc<Shared>>, headers: HeaderMap, uri: Uri) -> Response {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default().to_owned();
    let target = uri.path_and_query().map_or("/", |target| target.as_str());
    lock(&shared.requests).push(LoggedRequest {
        host: host.clone(),
        path: target.to_owned(),
        at: Timestamp::now(),
    });
    let today = *lock(&shared.today);
    let answer = site::answer(&shared.sample, today, &host, target);
    let mut response = Response::builder().status(answer.status).header(CONTENT_TYPE, answer.media_type);
    if let Some(location) = &answer.location {
        response = response.header(LOCATION, location);
    }
    response.body(Body::from(answer.body)).expect("the status and the headers are this program's own")
}
