using System.Text;

namespace GripProxy.Protocol.Http;

/// <summary>
/// Rules for channel names and ids. Both travel in <c>Grip-Last</c> headers and in log lines, so control characters are refused where
/// they enter (DIF-82).
/// </summary>
public static class GripText
{
    /// <summary>True if the id has no control characters.</summary>
    public static bool IsId(string id)
    {
        foreach (var character in id)
        {
            if (char.IsControl(character))
                return false;
        }

        return true;
    }

    /// <summary>True if the name has no control characters and at most <paramref name="maxBytes"/> bytes of UTF-8 (0 = any).</summary>
    public static bool IsChannelName(string name, int maxBytes) =>
        IsId(name) && (maxBytes == 0 || name.Length <= maxBytes / 3 || Encoding.UTF8.GetByteCount(name) <= maxBytes);
}
