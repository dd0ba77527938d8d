using GripProxy.Control.Http;

namespace GripProxy.Control.Tests.Http;

public sealed class ControlFramingTextTests
{
    [Theory]
    [InlineData(431, "Request headers too long.", 400, "Request header too large.\n")]
    [InlineData(414, "Request line too long.", 400, "Request header too large.\n")]
    [InlineData(400, "Invalid content length: \"x\"", 400, "Bad Content-Length.\n")]
    [InlineData(400, "Multiple Content-Length headers.", 400, "Bad Content-Length.\n")]
    [InlineData(400, "POST request contains no Content-Length header.", 411, "Request requires Content-Length.\n")]
    [InlineData(411, "", 411, "Request requires Content-Length.\n")]
    [InlineData(408, "Reading the request headers timed out.", 408, "Request timed out.\n")]
    [InlineData(400, "Invalid request line: 'x'", 400, "Failed to parse request header.\n")]
    [InlineData(505, "Unrecognized HTTP version: 'HTTP/9'", 400, "Failed to parse request header.\n")]
    public void For_ServerRefusal_SpeaksAsPushpin(int status, string message, int expectedStatus, string expectedBody) =>
        Assert.Equal(new FramingError(expectedStatus, expectedBody), ControlFramingText.For(status, message));
}
