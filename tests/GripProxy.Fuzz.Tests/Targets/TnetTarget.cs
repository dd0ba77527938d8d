using System.Text;
using GripProxy.Protocol.Tnet;

namespace GripProxy.Fuzz.Tests.Targets;

/// <summary>tnetstrings (PUB-20): what is read and written again is read to the same.</summary>
internal sealed class TnetTarget : FuzzTarget
{
    public override string Name => "tnet";

    public override IReadOnlyList<string> Words { get; } = ["0:~", "4:true!", "5:false!", "1:1#", "3:1.5^", "0:}", "0:]", "0:,", "1:a,", "2147483647:", "9999999999:", "00:", "01:", "-1:", "3:nan^", "8:infinity^", "2:+1#", "}", "]"];

    public override byte[] Generate(Chance chance)
    {
        TnetWriter writer = new();
        Write(writer, chance, 4);
        return writer.Written.ToArray();
    }

    public override string Run(byte[] input)
    {
        if (!TnetReader.TryRead(input, out TnetValue value))
            return "refused";
        TnetWriter writer = new();
        Copy(value, writer);
        Must(TnetReader.TryRead(writer.Written.ToArray(), out TnetValue again), "what was read cannot be written");
        string text = Describe(value);
        Must(text == Describe(again), "what was written is something else");
        return value.Type + " " + string.Concat(text.Where(char.IsAsciiLetterUpper).Distinct());
    }

    private static void Write(TnetWriter writer, Chance chance, int depth)
    {
        switch (chance.Below(depth == 0 ? 5 : 7))
        {
            case 0: writer.Bytes(chance.Bytes(12)); break;
            case 1: writer.Integer(chance.Number()); break;
            case 2: writer.Float(chance.Number() / 7.0); break;
            case 3: writer.Boolean(chance.OneIn(2)); break;
            case 4: writer.Null(); break;
            case 5:
                writer.BeginList();
                for (int left = chance.Below(4); left > 0; left--)
                    Write(writer, chance, depth - 1);
                writer.EndList();
                break;
            default:
                writer.BeginMap();
                for (int left = chance.Below(4); left > 0; left--)
                {
                    writer.Text(chance.Word());
                    Write(writer, chance, depth - 1);
                }

                writer.EndMap();
                break;
        }
    }

    private static void Copy(TnetValue value, TnetWriter writer)
    {
        switch (value.Type)
        {
            case TnetType.Bytes: writer.Bytes(value.Data.Span); break;
            case TnetType.Integer: writer.Integer(value.GetInteger()!.Value); break; // The reader has checked them.
            case TnetType.Float: writer.Float(value.GetFloat()!.Value); break;
            case TnetType.Boolean: writer.Boolean(value.GetBoolean()!.Value); break;
            case TnetType.Null: writer.Null(); break;
            case TnetType.List:
                writer.BeginList();
                foreach (TnetValue element in value.EnumerateList())
                    Copy(element, writer);
                writer.EndList();
                break;
            default:
                writer.BeginMap();
                foreach ((ReadOnlyMemory<byte> name, TnetValue member) in value.EnumerateMap())
                {
                    writer.Bytes(name.Span);
                    Copy(member, writer);
                }

                writer.EndMap();
                break;
        }
    }

    private static string Describe(TnetValue value) => value.Type switch
    {
        TnetType.Bytes => "B" + Convert.ToHexStringLower(value.Data.Span),
        TnetType.Integer => $"I{value.GetInteger()}",
        TnetType.Float => $"F{value.GetFloat():R}",
        TnetType.Boolean => $"L{(value.GetBoolean() == true ? 1 : 0)}",
        TnetType.Null => "N",
        TnetType.List => $"A[{string.Join(',', value.EnumerateList().Select(Describe))}]",
        _ => $"M[{string.Join(',', value.EnumerateMap().Select(static member => Encoding.Latin1.GetString(member.Key.Span).ToLowerInvariant() + "=" + Describe(member.Value)))}]",
    };
}
