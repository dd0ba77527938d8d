namespace GripProxy.Channels.Delivery;

/// <summary>
/// Bytes made of the item that is being offered, once for all connections that want the same form of it (design: encode once). Remembers one
/// item at a time. Owned by the publishing thread.
/// </summary>
public sealed class SharedForms
{
    private readonly List<(object Form, ReadOnlyMemory<byte> Bytes)> _made = [];
    private object? _source;

    /// <summary>The bytes of <paramref name="source"/> in a form; they are made if nobody asked before.</summary>
    /// <param name="source">What the bytes are made of; another one makes the earlier one forgotten.</param>
    /// <param name="form">Says how they look; equal forms get the same bytes.</param>
    /// <param name="make">Makes them; static, so that asking costs nothing.</param>
    public ReadOnlyMemory<byte> Get<TSource, TForm>(TSource source, TForm form, Func<TSource, TForm, ReadOnlyMemory<byte>> make)
        where TSource : class
        where TForm : class
    {
        if (!ReferenceEquals(_source, source))
        {
            _made.Clear();
            _source = source;
        }

        foreach (var (known, ready) in _made)
        {
            if (known.Equals(form))
                return ready;
        }

        var bytes = make(source, form);
        _made.Add((form, bytes));
        return bytes;
    }
}
