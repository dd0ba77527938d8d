using System.IO.Pipelines;
using GripProxy.Control.Http;

namespace GripProxy.Control.Tests.Http;

public sealed class LateEndReaderTests
{
    private readonly Pipe _pipe = new();
    private readonly LateEndReader _reader;

    public LateEndReaderTests() => _reader = new LateEndReader(_pipe.Reader);

    [Fact]
    public async Task Read_BytesAndEnd_TellsOfTheEndAfterTheBytes()
    {
        await EndWithAsync(3);

        var first = await _reader.ReadAsync();
        Assert.Equal((3, false), (first.Buffer.Length, first.IsCompleted));
        _reader.AdvanceTo(first.Buffer.End);

        var second = await _reader.ReadAsync();
        Assert.Equal((0, true), (second.Buffer.Length, second.IsCompleted));
    }

    [Fact]
    public async Task Read_BytesExaminedButKept_TellsOfTheEnd()
    {
        await EndWithAsync(3);

        var first = await _reader.ReadAsync();
        _reader.AdvanceTo(first.Buffer.GetPosition(1), first.Buffer.End);

        var second = await _reader.ReadAsync();
        Assert.Equal((2, true), (second.Buffer.Length, second.IsCompleted));
    }

    [Fact]
    public async Task Read_BytesNotYetExamined_HidesTheEnd()
    {
        await EndWithAsync(3);

        var first = await _reader.ReadAsync();
        _reader.AdvanceTo(first.Buffer.GetPosition(1));

        Assert.True(_reader.TryRead(out var second));
        Assert.Equal((2, false), (second.Buffer.Length, second.IsCompleted));
    }

    [Fact]
    public async Task Read_NewBytesWithTheEnd_HidesTheEnd()
    {
        await _pipe.Writer.WriteAsync(new byte[2]);
        var first = await _reader.ReadAsync();
        _reader.AdvanceTo(first.Buffer.Start, first.Buffer.End);

        await EndWithAsync(1);

        var second = await _reader.ReadAsync();
        Assert.Equal((3, false), (second.Buffer.Length, second.IsCompleted));
    }

    private async Task EndWithAsync(int count)
    {
        await _pipe.Writer.WriteAsync(new byte[count]);
        await _pipe.Writer.CompleteAsync();
    }
}
