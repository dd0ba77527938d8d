namespace GripProxy.Channels.Delivery;

/// <summary>Which format of an item a <see cref="MessageForm"/> was made of. <see cref="Outcomes.OutcomeWords"/> has the words.</summary>
public enum MessageFormat
{
    /// <summary>A <c>ws-message</c> of text, or without content.</summary>
    Text,

    /// <summary>A binary <c>ws-message</c>.</summary>
    Binary,

    /// <summary>An <c>http-stream</c>.</summary>
    Stream,

    /// <summary>The body of an <c>http-response</c>.</summary>
    Response,
}
