//! TLS by rustls, as libpq's `sslmode` has it.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use sha2::{Digest, Sha256, Sha384, Sha512};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_postgres::tls::{ChannelBinding, TlsConnect, TlsStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::client::{WebPkiServerVerifier, verify_server_name};
use tokio_rustls::rustls::crypto::{self, CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use tokio_rustls::rustls::server::ParsedCertificate;
use tokio_rustls::rustls::{
    self, CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
};

use super::settings::{Mode, Ssl};

/// Why there is no encrypted connection. No secret is in it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct TlsTrouble(String);

/// How to begin TLS with one server.
#[derive(Clone)]
pub(super) struct Tls {
    config: Arc<ClientConfig>,
    name: ServerName<'static>,
}

impl Tls {
    /// Reads certificates and keys from their files.
    pub(super) fn new(ssl: &Ssl, host: &str) -> Result<Self, TlsTrouble> {
        let provider = Arc::new(ring::default_provider());
        let verifier = Verifier::new(ssl, &provider)?;
        let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| TlsTrouble(error.to_string()))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier));
        let config = match (&ssl.certificate, &ssl.key) {
            (Some(certificate), Some(key)) => {
                let chain = certificates(certificate, "sslcert")?;
                let key = PrivateKeyDer::from_pem_file(key)
                    .map_err(|error| TlsTrouble(format!("sslkey, {key}, cannot be used: {error}")))?;
                config
                    .with_client_auth_cert(chain, key)
                    .map_err(|error| TlsTrouble(format!("sslcert and sslkey cannot be used: {error}")))?
            }
            _ => config.with_no_client_auth(),
        };
        let name = ServerName::try_from(host.to_owned())
            .map_err(|_| TlsTrouble("the host is no name that a certificate can have".to_owned()))?;
        Ok(Self { config: Arc::new(config), name })
    }
}

fn certificates(file: &str, what: &str) -> Result<Vec<CertificateDer<'static>>, TlsTrouble> {
    let read = CertificateDer::pem_file_iter(file).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    match read {
        Ok(found) if !found.is_empty() => Ok(found),
        Ok(_) => Err(TlsTrouble(format!("{what}, {file}, holds no certificate"))),
        Err(error) => Err(TlsTrouble(format!("{what}, {file}, cannot be used: {error}"))),
    }
}

/// Judges the server's certificate as the mode demands.
#[derive(Debug)]
struct Verifier {
    provider: Arc<CryptoProvider>,
    /// Nothing for `prefer` and `require`, which encrypt and do not ask with whom.
    chain: Option<Arc<WebPkiServerVerifier>>,
    /// The roots themselves: a server may present one of them, which is how most self-signed servers are set up.
    roots: Vec<CertificateDer<'static>>,
    names: bool,
}

impl Verifier {
    fn new(ssl: &Ssl, provider: &Arc<CryptoProvider>) -> Result<Self, TlsTrouble> {
        let names = ssl.mode == Mode::VerifyFull;
        let mut verifier = Self { provider: Arc::clone(provider), chain: None, roots: Vec::new(), names };
        if !matches!(ssl.mode, Mode::VerifyCa | Mode::VerifyFull) {
            return Ok(verifier);
        }
        let mut store = RootCertStore::empty();
        match ssl.root.as_deref() {
            None | Some("system") => {
                store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            }
            Some(file) => {
                verifier.roots = certificates(file, "sslrootcert")?;
                store.add_parsable_certificates(verifier.roots.iter().cloned());
            }
        }
        if !store.is_empty() {
            let chain = WebPkiServerVerifier::builder_with_provider(Arc::new(store), Arc::clone(provider));
            verifier.chain = Some(chain.build().map_err(|error| TlsTrouble(error.to_string()))?);
        } else if verifier.roots.is_empty() {
            let what = "the system has no list of trusted certificates; name one by sslrootcert";
            return Err(TlsTrouble(what.to_owned()));
        }
        Ok(verifier)
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if self.chain.is_none() && self.roots.is_empty() {
            return Ok(ServerCertVerified::assertion());
        }
        if self.roots.iter().any(|root| root.as_ref() == end_entity.as_ref()) {
            // The very certificate that is trusted. There is no chain to judge, and webpki would refuse it as a root.
            if self.names {
                verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
            }
            return Ok(ServerCertVerified::assertion());
        }
        let Some(chain) = &self.chain else {
            return Err(CertificateError::UnknownIssuer.into());
        };
        match chain.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now) {
            // The chain is judged before the name.
            Err(rustls::Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) if !self.names => Ok(ServerCertVerified::assertion()),
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        crypto::verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        crypto::verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

type Inner = tokio_rustls::client::TlsStream<TcpStream>;

/// An encrypted connection.
pub(super) struct Encrypted(Inner);

impl TlsConnect<TcpStream> for Tls {
    type Stream = Encrypted;
    type Error = TlsTrouble;
    type Future = Pin<Box<dyn Future<Output = Result<Encrypted, TlsTrouble>> + Send>>;

    fn connect(self, stream: TcpStream) -> Self::Future {
        Box::pin(async move {
            let stream = TlsConnector::from(self.config).connect(self.name, stream).await;
            stream.map(Encrypted).map_err(|error| TlsTrouble(error.to_string()))
        })
    }
}

impl TlsStream for Encrypted {
    fn channel_binding(&self) -> ChannelBinding {
        let certificates = self.0.get_ref().1.peer_certificates();
        let digest = certificates.and_then(|certificates| end_point(certificates.first()?));
        digest.map_or_else(ChannelBinding::none, ChannelBinding::tls_server_end_point)
    }
}

/// `tls-server-end-point` of RFC 5929: the certificate hashed with the hash of its own signature, at least SHA-256.
fn end_point(certificate: &[u8]) -> Option<Vec<u8>> {
    // RSA with MD5, SHA-1, SHA-256, SHA-384, SHA-512; ECDSA with SHA-1, SHA-256, SHA-384, SHA-512.
    const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01];
    const ECDSA: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04];
    let (outer, _) = element(certificate)?;
    let (_, after_body) = element(outer)?;
    let (algorithm, _) = element(after_body)?;
    let (oid, _) = element(algorithm)?;
    let hash = match (oid.strip_prefix(RSA), oid.strip_prefix(ECDSA)) {
        (Some([4 | 5 | 11]), _) | (_, Some([1] | [3, 2])) => Sha256::digest(certificate).to_vec(),
        (Some([12]), _) | (_, Some([3, 3])) => Sha384::digest(certificate).to_vec(),
        (Some([13]), _) | (_, Some([3, 4])) => Sha512::digest(certificate).to_vec(),
        _ => return None,
    };
    Some(hash)
}

/// The content of the first element of a text in DER, and what follows it.
fn element(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&[_, first], rest) = text.split_first_chunk::<2>()?;
    let (length, rest) = match first {
        short @ 0..0x80 => (usize::from(short), rest),
        long => {
            let (digits, rest) = rest.split_at_checked(usize::from(long & 0x7f))?;
            if digits.len() > 3 {
                return None;
            }
            (digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), rest)
        }
    };
    rest.split_at_checked(length)
}

impl AsyncRead for Encrypted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl AsyncWrite for Encrypted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, buffer)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}
