namespace GripProxy.Protocol.Tnet;

/// <summary>What a tnetstring holds (PUB-20).</summary>
public enum TnetType
{
    /// <summary>Nothing, <c>~</c>.</summary>
    Null,

    /// <summary>Bytes, <c>,</c>.</summary>
    Bytes,

    /// <summary>A whole number of 64 bits, <c>#</c>.</summary>
    Integer,

    /// <summary>A floating-point number, <c>^</c>.</summary>
    Float,

    /// <summary>True or false, <c>!</c>.</summary>
    Boolean,

    /// <summary>Names and values, <c>}</c>.</summary>
    Map,

    /// <summary>Values, <c>]</c>.</summary>
    List,
}
