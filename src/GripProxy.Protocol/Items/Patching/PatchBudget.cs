namespace GripProxy.Protocol.Items.Patching;

/// <summary>
/// How much work one run of a patch may still do. A few copy operations could otherwise double a document until memory ends. Owned by
/// one run.
/// </summary>
internal sealed class PatchBudget
{
    /// <summary>Enough for 100 000 bytes of held body and 1 000 000 bytes of patch, many times over what patches are for.</summary>
    private const int Units = 4_000_000;

    /// <summary>A value in memory weighs about as much as this many characters.</summary>
    private const int UnitsPerNode = 32;

    private long _left = Units;

    /// <summary>True once more was spent than there was; the patch then does not apply.</summary>
    public bool Exhausted => _left < 0;

    /// <summary>Counts work: one unit for a character copied or a value visited.</summary>
    public void Spend(int units) => _left -= units;

    /// <summary>Counts a value that was made.</summary>
    public void SpendNode() => _left -= UnitsPerNode;
}
