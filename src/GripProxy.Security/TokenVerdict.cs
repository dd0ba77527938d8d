namespace GripProxy.Security;

/// <summary>What the check of a token found; the first check that failed (HTTP-04, CTL-01).</summary>
public enum TokenVerdict
{
    /// <summary>Every check passed.</summary>
    Valid,

    /// <summary>There is no token.</summary>
    Missing,

    /// <summary>Not three parts of Base64url, or header or payload is no JSON object.</summary>
    Malformed,

    /// <summary>The header has <c>crit</c>: it asks for an extension, and none is understood.</summary>
    CriticalHeader,

    /// <summary>The header names another algorithm than the key's kind allows; <c>none</c> is one of these.</summary>
    WrongAlgorithm,

    /// <summary>No entry of the key set has the header's <c>kid</c>.</summary>
    UnknownKey,

    /// <summary>The signature was not made with this key.</summary>
    BadSignature,

    /// <summary><c>exp</c> is absent or has the wrong type.</summary>
    NoExpiry,

    /// <summary><c>exp</c> has passed.</summary>
    Expired,

    /// <summary><c>nbf</c> lies ahead, or is no number.</summary>
    NotYetValid,

    /// <summary><c>aud</c> does not contain the expected audience.</summary>
    WrongAudience,

    /// <summary><c>iss</c> is absent, or not one that has a key here.</summary>
    UnknownIssuer,

    /// <summary><c>iss</c> is not the one that was expected (by the realm of the path, or by the origin).</summary>
    WrongIssuer,
}
