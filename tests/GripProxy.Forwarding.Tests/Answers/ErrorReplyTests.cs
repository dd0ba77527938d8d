using System.Text;
using GripProxy.Forwarding.Answers;

namespace GripProxy.Forwarding.Tests.Answers;

public sealed class ErrorReplyTests
{
    [Theory]
    [InlineData(nameof(RequestError.RouteNotFound), 502, "Route not found\n", "Route not found\n")]
    [InlineData(nameof(RequestError.OriginUnreachable), 502, "Error while proxying to origin.\n", "Unable to connect to any targets. Tried: D\n")]
    [InlineData(nameof(RequestError.OriginTimeout), 504, "Error while proxying to origin.\n", "Unable to connect to any targets. Tried: D\n")]
    [InlineData(nameof(RequestError.OriginBlocked), 502, "Error while proxying to origin.\n", "Error: Origin host/IP blocked.\n")]
    [InlineData(nameof(RequestError.InstructInvalid), 502, "Error while proxying to origin.\n", "Failed to parse accept instructions: D\n")]
    [InlineData(nameof(RequestError.InstructTooLarge), 502, "Error while proxying to origin.\n", "GRIP instruct response too large from D\n")]
    [InlineData(nameof(RequestError.RequestTooLarge), 400, "Request too large to accept GRIP instruct.\n", "Request too large to accept GRIP instruct.\n")]
    [InlineData(nameof(RequestError.Internal), 500, "Failed to process request.\n", "Failed to process request.\n")]
    public void For_Error_HasItsStatusAndText(string error, int code, string normal, string debug)
    {
        var plain = ErrorReply.For(Enum.Parse<RequestError>(error), "D", debug: false);
        var detailed = ErrorReply.For(Enum.Parse<RequestError>(error), "D", debug: true);

        Assert.Equal((code, normal, "text/plain"), (plain.Code, Encoding.UTF8.GetString(plain.Body.Span), plain.Headers.First("Content-Type")));
        Assert.Equal(debug, Encoding.UTF8.GetString(detailed.Body.Span));
    }
}
