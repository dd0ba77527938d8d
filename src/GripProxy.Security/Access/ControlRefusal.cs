namespace GripProxy.Security.Access;

/// <summary>Why a request to the control port is refused (CTL-01).</summary>
public enum ControlRefusal
{
    /// <summary>It is not refused.</summary>
    None,

    /// <summary>400 <c>invalid_parameter</c>: more than one <c>Authorization</c> header.</summary>
    SeveralCredentials,

    /// <summary>401 <c>missing_credentials</c>: no <c>Authorization</c> header, or a scheme other than Bearer and Basic.</summary>
    MissingCredentials,

    /// <summary>401 <c>invalid_token</c>: token or password did not pass a check.</summary>
    InvalidToken,

    /// <summary>403 <c>not_covered</c>: the credential is good and does not allow this.</summary>
    NotCovered,
}
