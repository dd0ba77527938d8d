namespace GripProxy.Protocol.Instructs;

/// <summary>
/// Splits a header value at its commas. Commas in double quotes do not split, nor do those of a link in angle brackets at the
/// beginning of an element (DIF-37). Empty elements are left out. A quote that never ends takes the rest.
/// </summary>
internal ref struct HeaderElements(ReadOnlySpan<char> value)
{
    private ReadOnlySpan<char> _rest = value;

    /// <summary>The element last found, without white space around it.</summary>
    public ReadOnlySpan<char> Current { get; private set; } = default;

    /// <summary>Goes to the next element; false at the end.</summary>
    public bool Next()
    {
        while (_rest.Length > 0)
        {
            var end = HeaderScanner.Find(_rest, ',', HeaderScanner.LinkLength(_rest), out _);
            Current = _rest[..end].Trim();
            _rest = end < _rest.Length ? _rest[(end + 1)..] : default;
            if (Current.Length > 0)
                return true;
        }

        return false;
    }
}
