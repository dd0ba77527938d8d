using System.Buffers;
using GripProxy.Control.Zmtp.Wire;

namespace GripProxy.Control.Tests.Zmtp.Wire;

public sealed class ZmtpFrameTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(100_000)]
    public void Encode_AnyLength_CanBeReadBack(int length)
    {
        var body = new byte[length];
        new Random(length).NextBytes(body);
        var received = new ReadOnlySequence<byte>(ZmtpFrame.Encode(body));
        Assert.True(ZmtpFrame.TryRead(ref received, length, out var frame, out _));
        Assert.Equal(body, frame.Body);
        Assert.True(received.IsEmpty);
    }

    [Fact]
    public void Encode_SeveralParts_TellThatMoreFollows()
    {
        var received = new ReadOnlySequence<byte>(ZmtpFrame.Encode("a"u8.ToArray(), "b"u8.ToArray()));
        Assert.Equal([1, 1, (byte)'a', 0, 1, (byte)'b'], received.ToArray());
    }

    [Fact]
    public void TryRead_NotAllHasCome_WaitsAndTakesNothing()
    {
        var whole = ZmtpFrame.Encode(new byte[300]);
        for (var length = 0; length < whole.Length; length++)
        {
            var received = new ReadOnlySequence<byte>(whole.AsMemory(0, length));
            Assert.False(ZmtpFrame.TryRead(ref received, 300, out _, out var fault));
            Assert.Equal((ZmtpFault.None, length), (fault, (int)received.Length));
        }
    }

    [Theory]
    [InlineData(new byte[] { 0, 9 }, nameof(ZmtpFault.TooLarge))]
    [InlineData(new byte[] { 2, 0, 0, 0, 0, 0, 0, 0, 9 }, nameof(ZmtpFault.TooLarge))]
    [InlineData(new byte[] { 2, 255, 255, 255, 255, 255, 255, 255, 255 }, nameof(ZmtpFault.TooLarge))]
    [InlineData(new byte[] { 2, 128, 0, 0, 0, 0, 0, 0, 0 }, nameof(ZmtpFault.TooLarge))]
    [InlineData(new byte[] { 8 }, nameof(ZmtpFault.Malformed))]
    [InlineData(new byte[] { 255 }, nameof(ZmtpFault.Malformed))]
    [InlineData(new byte[] { 5, 0 }, nameof(ZmtpFault.Malformed))]
    public void TryRead_WrongHeader_IsFoundBeforeItsBodyComes(byte[] bytes, string fault)
    {
        var received = new ReadOnlySequence<byte>(bytes);
        Assert.False(ZmtpFrame.TryRead(ref received, longest: 8, out _, out var found));
        Assert.Equal(fault, found.ToString());
    }

    [Fact]
    public void TryRead_SpoiltBytes_NeverThrowsAndNeverTakesMoreThanThereIs()
    {
        var random = new Random(11);
        var good = ZmtpFrame.Encode("one"u8.ToArray(), new byte[300], "three"u8.ToArray());
        for (var i = 0; i < 50_000; i++)
        {
            var bytes = good.ToArray();
            for (var times = random.Next(1, 4); times > 0; times--)
                bytes[random.Next(random.Next(2) == 0 ? 20 : bytes.Length)] = (byte)random.Next(256);
            var received = new ReadOnlySequence<byte>(bytes.AsMemory(0, random.Next(bytes.Length + 1)));
            var before = received.Length;
            var message = new ZmtpMessage(1000);
            while (ZmtpFrame.TryRead(ref received, message.Room, out var frame, out _))
            {
                Assert.True(received.Length < before);
                before = received.Length;
                if (frame.IsCommand)
                    ReadCommand(frame.Body);
                else
                    _ = message.Add(frame, out _);
            }
        }
    }

    [Fact]
    public void Add_TooManyParts_IsTooLarge()
    {
        var message = new ZmtpMessage(1000);
        var faults = Enumerable.Range(0, 65).Select(_ => message.Add(new ZmtpFrame(HasMore: true, IsCommand: false, []), out var _)).ToList();
        Assert.Equal(ZmtpFault.TooLarge, faults[^1]);
        Assert.All(faults[..^1], fault => Assert.Equal(ZmtpFault.None, fault));
    }

    private static void ReadCommand(byte[] body)
    {
        if (!ZmtpCommand.TryRead(body, out _, out var data))
            return;
        _ = ZmtpCommand.TryReadSocketType(data.Span, out _);
        _ = ZmtpCommand.EncodePong(data.Span);
    }
}
