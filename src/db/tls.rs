//! TLS by rustls, for all servers: what a certificate has to prove is the caller's demand.

use std::sync::Arc;

use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::client::{WebPkiServerVerifier, verify_server_name};
use tokio_rustls::rustls::crypto::{self, CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use tokio_rustls::rustls::server::ParsedCertificate;
use tokio_rustls::rustls::{
    self, CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
};

/// Why there is no encrypted connection. No secret is in it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct TlsTrouble(String);

/// What the server's certificate has to prove.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    /// Nothing: the connection is encrypted, and nobody asks with whom.
    Nothing,
    /// That a trusted authority has signed it.
    Authority,
    /// That, and the name of the host.
    Name,
}

/// How a connection is to be encrypted.
pub(super) struct Demand<'a> {
    pub(super) proof: Proof,
    /// The file of the trusted authorities, else the system's list.
    pub(super) root: Option<&'a str>,
    pub(super) certificate: Option<&'a str>,
    pub(super) key: Option<&'a str>,
    /// What people call these three: `sslrootcert`, `sslcert`, `sslkey`.
    pub(super) words: [&'static str; 3],
}

/// How to begin TLS with one server.
#[derive(Clone)]
pub(super) struct Tls {
    config: Arc<ClientConfig>,
    name: ServerName<'static>,
}

impl Tls {
    /// Reads certificates and keys from their files.
    pub(super) fn new(demand: &Demand<'_>, host: &str) -> Result<Self, TlsTrouble> {
        let provider = Arc::new(ring::default_provider());
        let verifier = Verifier::new(demand, &provider)?;
        let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| TlsTrouble(error.to_string()))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier));
        let [_, certificate_word, key_word] = demand.words;
        let config = match (demand.certificate, demand.key) {
            (Some(certificate), Some(key)) => {
                let chain = certificates(certificate, certificate_word)?;
                let key = PrivateKeyDer::from_pem_file(key)
                    .map_err(|error| TlsTrouble(format!("{key_word}, {key}, cannot be used: {error}")))?;
                config.with_client_auth_cert(chain, key).map_err(|error| {
                    TlsTrouble(format!("{certificate_word} and {key_word} cannot be used: {error}"))
                })?
            }
            _ => config.with_no_client_auth(),
        };
        let name = ServerName::try_from(host.to_owned())
            .map_err(|_| TlsTrouble("the host is no name that a certificate can have".to_owned()))?;
        Ok(Self { config: Arc::new(config), name })
    }

    /// Shakes hands.
    pub(super) async fn connect(self, stream: TcpStream) -> Result<TlsStream<TcpStream>, TlsTrouble> {
        let stream = TlsConnector::from(self.config).connect(self.name, stream).await;
        stream.map_err(|error| TlsTrouble(error.to_string()))
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
    fn new(demand: &Demand<'_>, provider: &Arc<CryptoProvider>) -> Result<Self, TlsTrouble> {
        let names = demand.proof == Proof::Name;
        let mut verifier = Self { provider: Arc::clone(provider), chain: None, roots: Vec::new(), names };
        if demand.proof == Proof::Nothing {
            return Ok(verifier);
        }
        let mut store = RootCertStore::empty();
        let [root_word, ..] = demand.words;
        match demand.root {
            None | Some("system") => {
                store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            }
            Some(file) => {
                verifier.roots = certificates(file, root_word)?;
                store.add_parsable_certificates(verifier.roots.iter().cloned());
            }
        }
        if !store.is_empty() {
            let chain = WebPkiServerVerifier::builder_with_provider(Arc::new(store), Arc::clone(provider));
            verifier.chain = Some(chain.build().map_err(|error| TlsTrouble(error.to_string()))?);
        } else if verifier.roots.is_empty() {
            let what = format!("the system has no list of trusted certificates; name one by {root_word}");
            return Err(TlsTrouble(what));
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
