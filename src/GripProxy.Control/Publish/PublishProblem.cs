using GripProxy.Control.Diagnostics;
using GripProxy.Control.Http;

namespace GripProxy.Control.Publish;

/// <summary>What is wrong with a publish, in Pushpin's words (PUB-05). Immutable.</summary>
/// <param name="Answer">The answer that says so.</param>
internal sealed record PublishProblem(ControlAnswer Answer)
{
    public static PublishProblem TooLarge { get; } = new(RequestFraming.BodyTooLarge);

    public static PublishProblem NotJson { get; } = new(ControlAnswer.Refusal(400, "Body is not valid JSON.\n", RefusalReason.InvalidJson));

    public static PublishProblem NotObject { get; } = Format("Invalid format.\n");

    public static PublishProblem NoItems { get; } = Format("Invalid format: object does not contain 'items'\n");

    public static PublishProblem ItemsNotList { get; } = Format("Invalid format: object contains 'items' with wrong type\n");

    /// <summary>An item is wrong; the error is one of PUB-11.</summary>
    public static PublishProblem BadItem(string error) => Format($"Invalid format: {error}\n");

    /// <summary>The server could not read the body to its end: it broke off, came too slowly, or its chunks are malformed.</summary>
    public static PublishProblem Broken(int statusCode, string message)
    {
        var error = ControlFramingText.For(statusCode, message);
        return new(ControlAnswer.Refusal(error.Status, error.Body, RefusalReason.BrokenBody) with { EndsConnection = true });
    }

    private static PublishProblem Format(string text) => new(ControlAnswer.Refusal(400, text, RefusalReason.InvalidFormat));
}
