using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using GripProxy.Proxy.Listeners;
using GripProxy.Proxy.Listeners.Admission;
using GripProxy.Proxy.Listeners.Http2;
using GripProxy.Testing;

namespace GripProxy.Proxy.Tests.Listeners.Http2;

public sealed class FrameCounterTests
{
    private const int Few = 5;

    private static readonly byte[] Preface = Encoding.ASCII.GetBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

    private readonly ManualTime _time = new();
    private readonly ClientListenerOptions _options = new() { Http2Resets = Few, Http2Control = Few };

    [Theory]
    [InlineData(3, 0, 4, "Http2Resets")]
    [InlineData(4, 0, 0, "Http2Control")]
    [InlineData(4, 1, 0, "Http2Control")]
    [InlineData(6, 0, 8, "Http2Control")]
    [InlineData(2, 0, 5, "Http2Control")]
    [InlineData(9, 0, 0, "Http2Control")]
    [InlineData(0, 0, 0, "Http2Control")]
    [InlineData(77, 0, 3, "Http2Control")]
    public void Count_MoreInASecondThanAllowed_NamesTheLimit(byte type, byte flags, int length, string reason)
    {
        var counter = Begin();
        for (var i = 0; i < Few; i++)
            Assert.Equal(RefusalReason.None, Count(counter, Frame(type, flags, length)));

        Assert.Equal(Enum.Parse<RefusalReason>(reason), Count(counter, Frame(type, flags, length)));
    }

    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(0, 1, 0)]
    [InlineData(1, 4, 20)]
    [InlineData(8, 0, 4)]
    public void Count_FramesThatAskForSomething_AreNotBounded(byte type, byte flags, int length)
    {
        var counter = Begin();
        for (var i = 0; i < 10_000; i++)
            Assert.Equal(RefusalReason.None, Count(counter, Frame(type, flags, length)));
    }

    [Fact]
    public void Count_ByteByByte_SeesTheSame()
    {
        var counter = Begin();
        byte[] frames = [.. Enumerable.Repeat(Frame(6, 0, 8), Few + 1).SelectMany(static frame => frame)];

        List<RefusalReason> seen = [.. frames.Select(each => Count(counter, each))];

        // With the head of the last one, whatever comes of its content.
        Assert.Equal(frames.Length - 8 - 1, seen.FindIndex(static reason => reason == RefusalReason.Http2Control));
    }

    [Fact]
    public void Count_AsManyInEachSecond_IsNeverTooMany()
    {
        var counter = Begin();
        for (var second = 0; second < 10; second++)
        {
            for (var i = 0; i < Few; i++)
                Assert.Equal(RefusalReason.None, Count(counter, Frame(3, 0, 4)));
            _time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    [Fact]
    public void Count_WithoutLimits_IsNeverTooMany()
    {
        (_options.Http2Resets, _options.Http2Control) = (0, 0);
        var counter = Begin();
        for (var i = 0; i < 1000; i++)
        {
            Assert.Equal(RefusalReason.None, Count(counter, Frame(3, 0, 4)));
            Assert.Equal(RefusalReason.None, Count(counter, Frame(4, 0, 0)));
        }
    }

    [Fact]
    public void Count_LimitTakenMeanwhile_Counts()
    {
        _options.Http2Control = 0;
        var counter = Begin();
        _options.Http2Control = Few;
        _time.Advance(TimeSpan.FromSeconds(1));

        for (var i = 0; i < Few; i++)
            Assert.Equal(RefusalReason.None, Count(counter, Frame(4, 0, 0)));
        Assert.Equal(RefusalReason.Http2Control, Count(counter, Frame(4, 0, 0)));
    }

    private FrameCounter Begin()
    {
        var counter = new FrameCounter(_options, _time);
        Assert.Equal(RefusalReason.None, Count(counter, Preface));
        return counter;
    }

    private static RefusalReason Count(FrameCounter counter, params byte[] bytes) => counter.Count(new ReadOnlySequence<byte>(bytes));

    private static byte[] Frame(byte type, byte flags, int length)
    {
        var frame = new byte[9 + length];
        BinaryPrimitives.WriteInt32BigEndian(frame, length << 8 | type);
        frame[4] = flags;
        return frame;
    }
}
