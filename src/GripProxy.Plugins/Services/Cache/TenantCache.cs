using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace GripProxy.Plugins.Services.Cache;

/// <summary>
/// <c>cache</c> of a tenant's plugins (plugins-api.md §3.2, plugins.md §10): values by install and key, with a time or until there is no room; then the ones
/// that were not used for longest go. Behaves as Redis does. Thread-safe.
/// </summary>
internal sealed class TenantCache(TimeProvider time, long mostBytes = 64L * 1024 * 1024)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Install, string Key), LinkedListNode<CacheEntry>> _entries = [];

    // Used last comes first.
    private readonly LinkedList<CacheEntry> _used = new();
    private long _size;

    /// <summary>Bytes of all values.</summary>
    public long Size
    {
        get
        {
            lock (_gate)
                return _size;
        }
    }

    /// <summary>Stores a text.</summary>
    /// <param name="install">Whose.</param>
    /// <param name="key">Under which key.</param>
    /// <param name="text">The text, which may be null.</param>
    /// <param name="lifetime">How long, or null. Zero and less remove what is there.</param>
    /// <exception cref="CacheException">It is larger than the whole cache.</exception>
    public void Set(string install, string key, string? text, TimeSpan? lifetime)
    {
        lock (_gate)
        {
            Remove(install, key);
            if (lifetime <= TimeSpan.Zero)
                return;
            Add(new CacheEntry(install, key) { Text = text, Expires = time.GetUtcNow() + lifetime, Size = CacheEntry.SizeOf(key) + CacheEntry.SizeOf(text) });
        }
    }

    /// <summary>Finds a text.</summary>
    /// <returns>False if there is none.</returns>
    /// <exception cref="CacheException">There is a list.</exception>
    public bool TryGet(string install, string key, out string? text)
    {
        lock (_gate)
        {
            text = null;
            if (!TryFind(install, key, out var entry))
                return false;
            text = entry.List is null ? entry.Text : throw CacheException.WrongType(key);
            return true;
        }
    }

    /// <summary>Adds one to a number, from 0.</summary>
    /// <returns>The new number.</returns>
    /// <exception cref="CacheException">There is no number.</exception>
    public long Increment(string install, string key)
    {
        lock (_gate)
        {
            if (!TryFind(install, key, out var entry))
            {
                Add(new CacheEntry(install, key) { Text = "1", Size = CacheEntry.SizeOf(key) + CacheEntry.SizeOf("1") });
                return 1;
            }

            if (entry.List is not null)
                throw CacheException.WrongType(key);
            if (!long.TryParse(entry.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) || number == long.MaxValue)
                throw new CacheException($"the value of '{key}' is not an integer or out of range");
            entry.Text = (number + 1).ToString(CultureInfo.InvariantCulture);
            Resize(entry, CacheEntry.SizeOf(key) + CacheEntry.SizeOf(entry.Text));
            return number + 1;
        }
    }

    /// <summary>Gives a value a time; zero and less remove it.</summary>
    /// <returns>False if there is none.</returns>
    public bool Expire(string install, string key, TimeSpan lifetime)
    {
        lock (_gate)
        {
            if (!TryFind(install, key, out var entry))
                return false;
            if (lifetime <= TimeSpan.Zero)
                Remove(install, key);
            else
                entry.Expires = time.GetUtcNow() + lifetime;
            return true;
        }
    }

    /// <summary>Puts texts in front of a list, one after the other.</summary>
    /// <returns>The new length.</returns>
    /// <exception cref="CacheException">There is no list, or it is larger than the whole cache.</exception>
    public int Push(string install, string key, IReadOnlyList<string> texts)
    {
        lock (_gate)
        {
            var entry = FindList(install, key);
            if (texts.Count == 0)
                return entry?.List!.Count ?? 0; // A list, or it would have thrown.
            var added = texts.Sum(CacheEntry.SizeOf);
            if (entry is null)
            {
                Add(new CacheEntry(install, key) { List = [.. texts], Size = CacheEntry.SizeOf(key) + added });
                return texts.Count;
            }

            if (entry.Size + added > mostBytes)
                throw CacheException.TooLarge(key);
            entry.List!.AddRange(texts); // Likewise.
            Resize(entry, entry.Size + added);
            return entry.List.Count;
        }
    }

    /// <summary>Takes texts from the front of a list.</summary>
    /// <exception cref="CacheException">There is no list.</exception>
    public IReadOnlyList<string> Pop(string install, string key, int count)
    {
        lock (_gate)
        {
            if (count <= 0 || FindList(install, key) is not { List: { } list } entry)
                return [];
            var taken = Math.Min(count, list.Count);
            IReadOnlyList<string> texts = [.. Enumerable.Range(1, taken).Select(back => list[^back])];
            list.RemoveRange(list.Count - taken, taken);
            Shrink(entry, texts.Sum(CacheEntry.SizeOf));
            return texts;
        }
    }

    /// <summary>Part of a list, both ends included; negative places count from its end.</summary>
    /// <exception cref="CacheException">There is no list.</exception>
    public IReadOnlyList<string> Range(string install, string key, long start, long end)
    {
        lock (_gate)
        {
            if (FindList(install, key) is not { List: { } list })
                return [];
            var first = Math.Max(0, start < 0 ? start + list.Count : start);
            var last = Math.Min(list.Count - 1, end < 0 ? end + list.Count : end);
            List<string> part = [];
            for (var place = first; place <= last; place++)
                part.Add(list[list.Count - 1 - (int)place]);
            return part;
        }
    }

    /// <summary>Length of a list, 0 where there is none.</summary>
    /// <exception cref="CacheException">There is something else.</exception>
    public int Length(string install, string key)
    {
        lock (_gate)
            return FindList(install, key)?.List?.Count ?? 0;
    }

    /// <summary>Removes elements that are equal to a text: so many from the front, from the end if negative, all if 0.</summary>
    /// <returns>How many.</returns>
    /// <exception cref="CacheException">There is no list.</exception>
    public int RemoveElements(string install, string key, int count, string text)
    {
        lock (_gate)
        {
            if (FindList(install, key) is not { List: { } list } entry)
                return 0;
            var left = count == 0 ? int.MaxValue : Math.Abs((long)count);
            var before = list.Count;
            // The front is at the end of the list here.
            if (count >= 0)
                list.Reverse();
            list.RemoveAll(one => one == text && left-- > 0);
            if (count >= 0)
                list.Reverse();
            var removed = before - list.Count;
            Shrink(entry, removed * CacheEntry.SizeOf(text));
            return removed;
        }
    }

    /// <summary>Removes all that is an install's; null: the tenant's.</summary>
    public void Clear(string? install)
    {
        lock (_gate)
        {
            foreach (var key in _entries.Keys.Where(one => install is null || one.Install == install).ToList())
                Remove(key.Install, key.Key);
        }
    }

    /// <summary>What is there, what was used longest ago first.</summary>
    public IReadOnlyList<CacheEntry> Entries()
    {
        lock (_gate)
            return [.. _used.Reverse().Where(entry => !(entry.Expires <= time.GetUtcNow()))];
    }

    /// <summary>Takes what was there before, in the order of <see cref="Entries"/>.</summary>
    public void Fill(IEnumerable<CacheEntry> entries)
    {
        lock (_gate)
        {
            foreach (var entry in entries)
            {
                entry.Size = CacheEntry.SizeOf(entry.Key) + (entry.List is { } list ? list.Sum(CacheEntry.SizeOf) : CacheEntry.SizeOf(entry.Text));
                Add(entry);
            }
        }
    }

    private CacheEntry? FindList(string install, string key)
    {
        if (!TryFind(install, key, out var entry))
            return null;
        return entry.List is null ? throw CacheException.WrongType(key) : entry;
    }

    private bool TryFind(string install, string key, [NotNullWhen(true)] out CacheEntry? entry)
    {
        entry = null;
        if (!_entries.TryGetValue((install, key), out var node))
            return false;
        if (node.Value.Expires <= time.GetUtcNow())
        {
            Remove(install, key);
            return false;
        }

        _used.Remove(node);
        _used.AddFirst(node);
        entry = node.Value;
        return true;
    }

    private void Add(CacheEntry entry)
    {
        if (entry.Size > mostBytes)
            throw CacheException.TooLarge(entry.Key);
        _entries[(entry.Install, entry.Key)] = _used.AddFirst(entry);
        _size += entry.Size;
        MakeRoom();
    }

    private void Resize(CacheEntry entry, long size)
    {
        _size += size - entry.Size;
        entry.Size = size;
        MakeRoom();
    }

    // An empty list is none.
    private void Shrink(CacheEntry entry, long by)
    {
        if (entry.List is { Count: 0 })
            Remove(entry.Install, entry.Key);
        else
            Resize(entry, entry.Size - by);
    }

    private void MakeRoom()
    {
        while (_size > mostBytes && _used.Last is { } last)
            Remove(last.Value.Install, last.Value.Key);
    }

    private void Remove(string install, string key)
    {
        if (!_entries.Remove((install, key), out var node))
            return;
        _used.Remove(node);
        _size -= node.Value.Size;
    }
}
