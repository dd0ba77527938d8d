using StackExchange.Redis;

namespace GripProxy.Redis.Client;

/// <summary>The arguments of one call. Owned by the caller.</summary>
internal sealed class ScriptArguments
{
    private readonly List<RedisValue> _values = [];

    /// <summary>Adds a text.</summary>
    public ScriptArguments Add(string text)
    {
        _values.Add(text);
        return this;
    }

    /// <summary>Adds a number.</summary>
    public ScriptArguments Add(long number)
    {
        _values.Add(number);
        return this;
    }

    /// <summary>Adds bytes, which must not change until the call has ended.</summary>
    public ScriptArguments Add(ReadOnlyMemory<byte> bytes)
    {
        _values.Add(bytes);
        return this;
    }

    internal RedisValue[] ToArray() => [.. _values];
}
