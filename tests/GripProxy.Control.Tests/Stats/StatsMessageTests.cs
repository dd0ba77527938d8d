using System.Text;
using GripProxy.Control.Stats;

namespace GripProxy.Control.Tests.Stats;

public sealed class StatsMessageTests
{
    private static readonly StatsMessage Message = new(
        StatsKind.Conn, [new StatsField("from", "me"), new StatsField("route", "ü"), StatsField.Flag("ssl"), new StatsField("ttl", 120)]);

    [Fact]
    public void ToSocket_Tnetstring_HasKindMarkAndMap() =>
        Assert.Equal("conn T50:4:from,2:me,5:route,2:ü,3:ssl,4:true!3:ttl,3:120#}", Text(Message.ToSocket(StatsFormat.Tnetstring)));

    [Fact]
    public void ToSocket_Json_HasKindMarkAndObject() =>
        Assert.Equal("""conn J{"from":"me","route":"ü","ssl":true,"ttl":120}""", Text(Message.ToSocket(StatsFormat.Json)));

    [Fact]
    public void Words_OfAllKinds_ReadBack()
    {
        foreach (var kind in StatsKinds.All)
        {
            Assert.True(StatsKinds.TryParse(kind.Word(), out var read));
            Assert.Equal(kind, read);
        }

        Assert.False(StatsKinds.TryParse("conn-max", out _));
    }

    private static string Text(ReadOnlyMemory<byte> message) => Encoding.UTF8.GetString(message.Span);
}
