using GripProxy.Forwarding.Logging;

namespace GripProxy.Forwarding.Tests.Logging;

public sealed class LogTextTests
{
    [Fact]
    public void Escape_ControlCharacters_BecomeVisible() =>
        Assert.Equal("a\\x0d\\x0a\\x1b[31m\\x9bb\\x7f", LogText.Escape("a\r\n\u001b[31m\u009bb\u007f"));

    [Fact]
    public void Escape_PlainText_IsTheSameString()
    {
        var text = "caf\u00e9 \\x";

        Assert.Same(text, LogText.Escape(text));
    }
}
