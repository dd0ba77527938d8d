namespace GripProxy.Plugins.Nodes.Peers;

/// <summary>A call that another node is to make, as its bytes on the way. Immutable.</summary>
/// <param name="Tenant">Number of the tenant.</param>
/// <param name="Install">Number of the install.</param>
/// <param name="Method">Name of the function.</param>
/// <param name="Limit">Time for all of it.</param>
/// <param name="Arguments">Each as JSON.</param>
internal sealed record PeerQuestion(int Tenant, int Install, string Method, TimeSpan Limit, IReadOnlyList<ReadOnlyMemory<byte>> Arguments)
{
    private const int MostArguments = 16;

    /// <summary>The bytes.</summary>
    public byte[] Write()
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write(Tenant);
        writer.Write(Install);
        writer.Write(Method);
        writer.Write((long)Limit.TotalMilliseconds);
        writer.Write(Arguments.Count);
        foreach (var argument in Arguments)
        {
            writer.Write(argument.Length);
            writer.Write(argument.Span);
        }

        writer.Flush();
        return bytes.ToArray();
    }

    /// <summary>Reads them.</summary>
    /// <exception cref="InvalidDataException">They are none.</exception>
    public static PeerQuestion Read(byte[] bytes)
    {
        using var stream = new MemoryStream(bytes);
        using var reader = new BinaryReader(stream);
        try
        {
            var (tenant, install, method, limit, count) = (reader.ReadInt32(), reader.ReadInt32(), reader.ReadString(), reader.ReadInt64(), reader.ReadInt32());
            if (count is < 0 or > MostArguments || limit is <= 0 or > 3_600_000)
                throw new InvalidDataException("what a node asks cannot be read");
            List<ReadOnlyMemory<byte>> arguments = [];
            for (var i = 0; i < count; i++)
            {
                var length = reader.ReadInt32();
                if (length < 0 || length > stream.Length - stream.Position)
                    throw new EndOfStreamException();
                arguments.Add(reader.ReadBytes(length));
            }

            return new PeerQuestion(tenant, install, method, TimeSpan.FromMilliseconds(limit), arguments);
        }
        catch (Exception e) when (e is EndOfStreamException or ArgumentException or FormatException)
        {
            throw new InvalidDataException("what a node asks cannot be read", e);
        }
    }
}
