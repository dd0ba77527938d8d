namespace GripProxy.Functional.Tests.Fixture;

/// <summary>How a client reaches the proxy.</summary>
public enum Transport
{
    /// <summary>HTTP/1.1 with TLS.</summary>
    Tls,

    /// <summary>HTTP/2 with TLS, negotiated.</summary>
    TlsHttp2,

    /// <summary>HTTP/2 without TLS, with prior knowledge.</summary>
    PlainHttp2,

    /// <summary>HTTP/1.1 over a unix socket.</summary>
    Unix,
}
