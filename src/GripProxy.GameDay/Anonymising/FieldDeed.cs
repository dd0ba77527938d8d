namespace GripProxy.GameDay.Anonymising;

/// <summary>What is done with a value (plugins-gameday.md §3).</summary>
internal enum FieldDeed
{
    /// <summary>It stays, but for what is found in it.</summary>
    Keep,

    /// <summary>It is left out, with its name.</summary>
    Drop,

    /// <summary>It becomes null.</summary>
    Null,

    /// <summary>It becomes letters that are always the same for it under one salt.</summary>
    Pseudonym,

    /// <summary>It becomes its keyed hash, in hexadecimal.</summary>
    Hash,

    /// <summary>It becomes an address that nobody has.</summary>
    FakeEmail,

    /// <summary>It becomes a name.</summary>
    FakeName,

    /// <summary>It becomes a number that nobody has.</summary>
    FakePhone,

    /// <summary>Of an address stays the network.</summary>
    DropLastOctets,

    /// <summary>Of an address stays what is before ? and #.</summary>
    StripQuery,

    /// <summary>A number is rounded to so many decimals; fewer than none: to tens, hundreds.</summary>
    Round,

    /// <summary>A time is shifted, all by the same.</summary>
    ShiftTime,

    /// <summary>Letters become letters, digits digits; all else stays.</summary>
    KeepShape,

    /// <summary>So many characters stay.</summary>
    Truncate,
}
