namespace GripProxy.Control.Diagnostics;

/// <summary>The words of refusals, equal in log, metric label and <c>code</c> (CTL-01).</summary>
internal static class RefusalWord
{
    /// <summary>The word of a reason; empty for <see cref="RefusalReason.None"/>.</summary>
    public static string Of(RefusalReason reason) => reason switch
    {
        RefusalReason.None => "",
        RefusalReason.LengthRequired => "length_required",
        RefusalReason.BodyTooLarge => "body_too_large",
        RefusalReason.BrokenBody => "broken_body",
        RefusalReason.NotAcceptable => "not_acceptable",
        RefusalReason.NotFound => "not_found",
        RefusalReason.MethodNotAllowed => "method_not_allowed",
        RefusalReason.InvalidJson => "invalid_json",
        RefusalReason.InvalidFormat => "invalid_format",
        RefusalReason.TraceOff => "trace_off",
        RefusalReason.InvalidParameter => "invalid_parameter",
        RefusalReason.MissingCredentials => "missing_credentials",
        RefusalReason.InvalidToken => "invalid_token",
        RefusalReason.NotCovered => "not_covered",
        RefusalReason.InvalidConfiguration => "invalid_configuration",
        RefusalReason.Unavailable => "unavailable",
        RefusalReason.Failure => "failure",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "no word for this reason"),
    };
}
