using System.Buffers;
using System.Text;
using System.Text.Json;
using GripProxy.Forwarding.SockJs.Frames;

namespace GripProxy.Forwarding.Tests.SockJs;

public class SockJsTextTests
{
    [Theory]
    [InlineData("plain")]
    [InlineData("\"quotes\" and \\ and / and é and 😀")]
    [InlineData("\u0000\u001f\u007f\r\n\t")]
    [InlineData("\u2028\u2029\ufeff\uffff")]
    public void Escape_AnyText_CanBeReadAgainAsJson(string text)
    {
        var escaped = Escape(Encoding.UTF8.GetBytes(text));

        Assert.Equal(text, JsonSerializer.Deserialize<string>($"\"{escaped}\""));
        Assert.DoesNotContain(escaped, static letter => letter is < ' ' or '\u2028' or '\u2029' or '\uffff');
    }

    [Fact]
    public void Escape_BytesThatAreNoUtf8_BecomeTheReplacementCharacter() =>
        Assert.Equal("a\ufffdb", JsonSerializer.Deserialize<string>($"\"{Escape([(byte)'a', 0xff, (byte)'b'])}\""));

    [Fact]
    public void Escape_CharacterCutInTwo_WaitsForItsRest()
    {
        var text = "x😀"u8;
        var output = new ArrayBufferWriter<byte>();

        var used = SockJsText.Escape(text[..3], isFinal: false, output);
        SockJsText.Escape(text[used..], isFinal: true, output);

        Assert.Equal(1, used);
        Assert.Equal("x😀", JsonSerializer.Deserialize<string>($"\"{Encoding.UTF8.GetString(output.WrittenSpan)}\""));
    }

    [Fact]
    public void Escape_LongText_IsComplete()
    {
        var text = string.Concat(Enumerable.Repeat("\u0001é", 50_000));

        Assert.Equal(text, JsonSerializer.Deserialize<string>($"\"{Escape(Encoding.UTF8.GetBytes(text))}\""));
    }

    private static string Escape(byte[] text)
    {
        var output = new ArrayBufferWriter<byte>();
        Assert.Equal(text.Length, SockJsText.Escape(text, isFinal: true, output));
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
