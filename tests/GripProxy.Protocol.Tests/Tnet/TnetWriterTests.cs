using System.Text;
using GripProxy.Protocol.Tnet;

namespace GripProxy.Protocol.Tests.Tnet;

public sealed class TnetWriterTests
{
    [Fact]
    public void Write_EachType_IsAsTheFormatSays()
    {
        var writer = new TnetWriter();
        writer.Raw("T"u8);
        writer.BeginMap();
        writer.Text("text");
        writer.Text("ä");
        writer.Text("bytes");
        writer.Bytes([0xFF]);
        writer.Text("number");
        writer.Integer(-12);
        writer.Text("float");
        writer.Float(1.5);
        writer.Text("yes");
        writer.Boolean(true);
        writer.Text("list");
        writer.BeginList();
        writer.Null();
        writer.BeginMap();
        writer.EndMap();
        writer.EndList();
        writer.EndMap();
        Assert.Equal(
            "T82:4:text,2:Ã¤,5:bytes,1:ÿ,6:number,3:-12#5:float,3:1.5^3:yes,4:true!4:list,6:0:~0:}]}",
            Encoding.Latin1.GetString(writer.Written.Span));
    }

    [Fact]
    public void Write_LongContent_CanBeReadBack()
    {
        var writer = new TnetWriter();
        writer.BeginList();
        for (var i = 0; i < 1000; i++)
            writer.Text(new string('x', i));
        writer.EndList();
        Assert.True(TnetReader.TryRead(writer.Written, out var list));
        Assert.Equal(Enumerable.Range(0, 1000), list.EnumerateList().Select(text => text.Data.Length));
    }

    [Fact]
    public void Clear_BeginsAnew()
    {
        var writer = new TnetWriter();
        writer.BeginMap();
        writer.Clear();
        writer.Integer(1);
        Assert.Equal("1:1#"u8, writer.Written.Span);
    }
}
