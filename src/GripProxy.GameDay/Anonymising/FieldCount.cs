namespace GripProxy.GameDay.Anonymising;

/// <summary>What was done at a path. Owned by the anonymiser.</summary>
/// <param name="deed">What.</param>
/// <param name="isListed">True if a rule of the user says so.</param>
internal sealed class FieldCount(FieldDeed deed, bool isListed)
{
    /// <summary>What was done.</summary>
    public FieldDeed Deed => deed;

    /// <summary>True if a rule of the user says so.</summary>
    public bool IsListed => isListed;

    /// <summary>Values.</summary>
    public long Values { get; set; }

    /// <summary>Personal data that was found in them.</summary>
    public long Found { get; set; }
}
