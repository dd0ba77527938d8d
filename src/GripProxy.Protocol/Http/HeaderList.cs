using System.Collections;

namespace GripProxy.Protocol.Http;

/// <summary>
/// Header lines in order; equal names stay separate lines. Built by one owner, not changed any more once it is shared.
/// </summary>
public sealed class HeaderList : IReadOnlyList<HeaderField>
{
    private readonly List<HeaderField> _fields;

    /// <summary>Makes an empty list.</summary>
    public HeaderList() => _fields = [];

    /// <summary>Makes an empty list with room for so many lines.</summary>
    public HeaderList(int capacity) => _fields = new List<HeaderField>(capacity);

    /// <summary>Makes a list of the given lines.</summary>
    public HeaderList(IEnumerable<HeaderField> fields) => _fields = [.. fields];

    /// <summary>A list that nobody adds to.</summary>
    public static HeaderList Empty { get; } = new();

    /// <inheritdoc/>
    public int Count => _fields.Count;

    /// <inheritdoc/>
    public HeaderField this[int index] => _fields[index];

    /// <summary>Appends a line.</summary>
    public void Add(string name, string value) => _fields.Add(new HeaderField(name, value));

    /// <summary>Removes every line of that name.</summary>
    public void Remove(string name) => _fields.RemoveAll(f => f.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Removes every line of that name, then appends one.</summary>
    public void Set(string name, string value)
    {
        Remove(name);
        Add(name, value);
    }

    /// <summary>True if a line of that name is there.</summary>
    public bool Contains(string name) => _fields.Exists(f => f.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The value of the first line of that name, or null.</summary>
    public string? First(string name)
    {
        foreach (var field in _fields)
        {
            if (field.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                return field.Value;
        }

        return null;
    }

    /// <summary>The values of all lines of that name, in order.</summary>
    public IEnumerable<string> All(string name)
    {
        foreach (var field in _fields)
        {
            if (field.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                yield return field.Value;
        }
    }

    /// <inheritdoc/>
    public IEnumerator<HeaderField> GetEnumerator() => _fields.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
