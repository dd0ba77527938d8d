using System.Text;
using GripProxy.Holds.WebSockets;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Holds.Tests.WebSockets;

public class OriginGateTests
{
    // Parts of one message: | where a part ends within a frame, / where a frame ends.
    [Theory]
    [InlineData("m:", "m:hello", "pass hello")]
    [InlineData("m:", "m:m:x", "pass m:x")]
    [InlineData("m:", "m:", "pass ")]
    [InlineData("m:", "hello", "")]
    [InlineData("m:", "m", "")]
    [InlineData("m:", "", "")]
    [InlineData("m:", "c:{}", "control {}")]
    [InlineData("m:", "m|:|he|llo", "pass |he|llo")]
    [InlineData("m:", "m:he/m:llo/c:x", "pass he|m:llo|c:x")]
    [InlineData("m:", "m/:x", "")]
    [InlineData("m:", "x/m:y", "")]
    [InlineData("m:", "/m:y", "")]
    [InlineData("m:", "|m:y", "pass y")]
    [InlineData("m:", "c|:{|}", "control {}")]
    [InlineData("m:", "c:{/}", "")]
    [InlineData("m:", "c/:{}", "")]
    [InlineData("", "hello", "pass hello")]
    [InlineData("", "", "pass ")]
    [InlineData("", "c:{}", "control {}")]
    [InlineData("", "c|at|s", "pass cat|s")]
    [InlineData("", "c/:{}", "pass c|:{}")]
    [InlineData("c:x", "c:x1", "control x1")]
    [InlineData("cx", "c|x1", "pass 1")]
    public void Judge_Text_LooksAtTheFirstFrame(string prefix, string parts, string expected) =>
        Assert.Equal(expected, Judge(new OriginGate(new GripExtension(prefix)), WebSocketPartKind.Text, parts));

    [Theory]
    [InlineData("m:", "m:x", "pass x")]
    [InlineData("m:", "c:{}", "")]
    [InlineData("", "c:{}", "pass c:{}")]
    [InlineData("", "c|:{}", "pass c|:{}")]
    public void Judge_Binary_IsNeverControl(string prefix, string parts, string expected) =>
        Assert.Equal(expected, Judge(new OriginGate(new GripExtension(prefix)), WebSocketPartKind.Binary, parts));

    [Fact]
    public void Judge_ControlThatIsTooLong_IsDroppedAndTheNextOneIsNot()
    {
        var gate = new OriginGate(new GripExtension("m:"));
        Assert.Equal("", Judge(gate, WebSocketPartKind.Text, "c:" + new string('x', 60_000) + "|" + new string('x', 10_000) + "|y"));
        Assert.Equal("control {}", Judge(gate, WebSocketPartKind.Text, "c:{}"));
    }

    [Fact]
    public void Judge_MessageAfterUnfinishedBeginning_StartsAfresh()
    {
        var gate = new OriginGate(new GripExtension("m:"));
        Assert.Equal(GateVerdict.Keep, gate.Judge(new WebSocketPart(WebSocketPartKind.Text, "m"u8.ToArray(), IsLast: false, EndsFrame: false), out _, out _));
        Assert.Equal("pass x", Judge(gate, WebSocketPartKind.Text, "m:x"));
    }

    private static string Judge(OriginGate gate, WebSocketPartKind kind, string message)
    {
        var result = new StringBuilder();
        var start = 0;
        while (start >= 0)
        {
            var end = message.AsSpan(start).IndexOfAny('|', '/');
            var isLast = end < 0;
            var text = isLast ? message[start..] : message.Substring(start, end);
            var part = new WebSocketPart(kind, Encoding.UTF8.GetBytes(text), start == 0, isLast, isLast || message[start + end] == '/');
            var verdict = gate.Judge(part, out var content, out var isFirst);
            if (verdict == GateVerdict.Control)
                result.Append("control ").Append(Encoding.UTF8.GetString(content.Span));
            else if (verdict == GateVerdict.Pass)
                result.Append(isFirst ? "pass " : "|").Append(Encoding.UTF8.GetString(content.Span));
            start = isLast ? -1 : start + end + 1;
        }

        return result.ToString();
    }
}
