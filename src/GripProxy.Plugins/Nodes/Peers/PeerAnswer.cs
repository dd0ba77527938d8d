using GripProxy.Plugins.Direct;
using GripProxy.Plugins.Engine;

namespace GripProxy.Plugins.Nodes.Peers;

/// <summary>What a call on another node came to, as its bytes on the way. Stateless.</summary>
internal static class PeerAnswer
{
    /// <summary>The bytes.</summary>
    public static byte[] Write(DirectAnswer answer)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write((byte)answer.Outcome);
        writer.Write(answer.Error is not null);
        if (answer.Error is { } error)
        {
            writer.Write(error.Name);
            writer.Write(error.Message);
            writer.Write(error.Stack);
        }

        writer.Write(answer.Value.Span);
        writer.Flush();
        return bytes.ToArray();
    }

    /// <summary>Reads them.</summary>
    /// <exception cref="InvalidDataException">They are none.</exception>
    public static DirectAnswer Read(byte[] bytes)
    {
        using var stream = new MemoryStream(bytes);
        using var reader = new BinaryReader(stream);
        try
        {
            var outcome = (DirectOutcome)reader.ReadByte();
            var error = reader.ReadBoolean() ? new PluginError(reader.ReadString(), reader.ReadString(), reader.ReadString()) : null;
            return new DirectAnswer(outcome, bytes.AsMemory((int)stream.Position), error);
        }
        catch (Exception e) when (e is EndOfStreamException or FormatException)
        {
            throw new InvalidDataException("what a node answers cannot be read", e);
        }
    }
}
