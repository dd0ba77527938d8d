using System.Text.RegularExpressions;

namespace GripProxy.GameDay.Anonymising;

/// <summary>What is done with the values at a path. Immutable.</summary>
internal sealed record FieldRule
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Regex _pattern;

    /// <summary>A rule for a path: <c>*</c> stands for one member, <c>**</c> for any number of them.</summary>
    public FieldRule(string path, FieldDeed deed, int amount = 0)
    {
        (Path, Deed, Amount) = (path, deed, amount);
        var parts = path.Split('.').Select(static part => part switch
        {
            "**" => "(?:[^\n]+\n)*",
            "*" => "[^\n]+\n",
            _ => Regex.Escape(part) + "\n",
        });
        _pattern = new Regex($"^{string.Concat(parts)}$", RegexOptions.None, Patience);
    }

    /// <summary>The path.</summary>
    public string Path { get; }

    /// <summary>What is done.</summary>
    public FieldDeed Deed { get; }

    /// <summary>The number of it: decimals, days or characters.</summary>
    public int Amount { get; }

    /// <summary>True if it is about this place, whose members are each followed by a line feed.</summary>
    public bool Matches(string place) => _pattern.IsMatch(place);
}
