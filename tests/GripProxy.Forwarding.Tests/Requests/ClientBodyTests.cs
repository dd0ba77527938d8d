using System.Text;
using GripProxy.Forwarding.Requests;

namespace GripProxy.Forwarding.Tests.Requests;

public sealed class ClientBodyTests
{
    [Fact]
    public async Task Read_AfterRewind_GivesTheStartAgainAndGoesOn()
    {
        using var body = new ClientBody(new MemoryStream("hello world"u8.ToArray()), null);
        var buffer = new byte[5];
        await body.ReadExactlyAsync(buffer);

        body.Rewind();

        using var reader = new StreamReader(body);
        Assert.Equal("hello world", await reader.ReadToEndAsync());
        Assert.True(body.IsComplete);
    }

    [Fact]
    public async Task Read_ExactlyTheLimit_CanBeReplayed()
    {
        using var body = new ClientBody(new MemoryStream(new byte[ClientBody.Limit]), null);
        await body.CopyToAsync(Stream.Null);

        Assert.True(body.CanReplay);
        Assert.False(body.IsTooLong);
        body.Rewind();
        using var again = new MemoryStream();
        await body.CopyToAsync(again);
        Assert.Equal(ClientBody.Limit, again.Length);
    }

    [Fact]
    public async Task Read_OneMoreThanTheLimit_CannotBeReplayed()
    {
        using var body = new ClientBody(new MemoryStream(new byte[ClientBody.Limit + 1]), null);
        await body.CopyToAsync(Stream.Null);

        Assert.False(body.CanReplay);
        Assert.True(body.IsTooLong);
    }

    [Fact]
    public async Task IsComplete_DeclaredLength_NeedsNoReadOfTheEnd()
    {
        using var body = new ClientBody(new MemoryStream(Encoding.ASCII.GetBytes("12345")), 5);
        Assert.False(body.IsComplete);

        await body.ReadExactlyAsync(new byte[5]);

        Assert.True(body.IsComplete);
    }

    [Fact]
    public void IsTooLong_DeclaredLength_CountsBeforeAnythingIsRead()
    {
        using var body = new ClientBody(Stream.Null, ClientBody.Limit + 1);

        Assert.True(body.IsTooLong);
        Assert.True(body.CanReplay);
    }
}
