namespace GripProxy.Proxy.Listeners.Admission;

/// <summary>The words of refusals, equal in log and metric label: the keys that limit them, where there are any.</summary>
internal static class RefusalWord
{
    /// <summary>The word of a reason; empty for <see cref="RefusalReason.None"/>.</summary>
    public static string Of(RefusalReason reason) => reason switch
    {
        RefusalReason.None => "",
        RefusalReason.ConnectionsPerAddress => "connections_per_address",
        RefusalReason.ConnectionRate => "connection_rate",
        RefusalReason.HeadTimeout => "head_timeout",
        RefusalReason.Headers => "headers",
        RefusalReason.HeadTooLarge => "head_too_large",
        RefusalReason.BadRequest => "bad_request",
        RefusalReason.Body => "body",
        RefusalReason.BodyRate => "body_rate",
        RefusalReason.AnswerRate => "answer_rate",
        RefusalReason.Http2Resets => "h2_resets",
        RefusalReason.Http2Control => "h2_control",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "no word for this reason"),
    };
}
