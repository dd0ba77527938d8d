using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace GripProxy.GameDay.Anonymising;

/// <summary>Makes values unrecognisable, the same value always the same way. The key stays in the process, so nothing leads back from what comes out. Owned by one run.</summary>
internal sealed class Disguise
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyz";

    private static readonly string[] FirstNames = ["Alma", "Bruno", "Clara", "David", "Edda", "Felix", "Greta", "Hugo", "Ines", "Jonas", "Karla", "Linus", "Mira", "Noah", "Olga", "Paul"];
    private static readonly string[] LastNames = ["Adler", "Berg", "Conrad", "Dorn", "Ebel", "Fink", "Gruber", "Haas", "Imhof", "Jung", "Kern", "Lenz", "Moser", "Nagel", "Ott", "Pohl"];

    private readonly byte[] _key;

    /// <summary>Takes the salt; without one a random key is made.</summary>
    public Disguise(byte[] salt) => _key = salt.Length > 0 ? SHA256.HashData(salt) : RandomNumberGenerator.GetBytes(32);

    /// <summary>Letters in one of a few lengths.</summary>
    public string Pseudonym(string text)
    {
        var bytes = Bytes("pseudonym", text);
        var length = text.Length <= 12 ? 12 : text.Length <= 24 ? 24 : 32;
        return string.Concat(bytes.Take(length).Select(static one => Letters[one % Letters.Length]));
    }

    /// <summary>64 hexadecimal digits.</summary>
    public string Hash(string text) => Convert.ToHexStringLower(Bytes("hash", text));

    /// <summary>An address in a domain that cannot be.</summary>
    public string Email(string text) => $"{Pseudonym(text)[..12]}@example.invalid";

    /// <summary>A name of a list.</summary>
    public string Name(string text)
    {
        var bytes = Bytes("name", text);
        return $"{FirstNames[bytes[0] % FirstNames.Length]} {LastNames[bytes[1] % LastNames.Length]}";
    }

    /// <summary>A number of a range that is kept for films.</summary>
    public string Phone(string text) => $"+1-555-01{Bytes("phone", text)[0] % 100:00}";

    /// <summary>Letters become letters and digits digits; never the text itself unless it has neither.</summary>
    public string Shape(string text)
    {
        for (var round = 0; ; round++)
        {
            var shaped = Shape(text, round);
            if (shaped != text || !text.Any(char.IsLetterOrDigit))
                return shaped;
        }
    }

    /// <summary>One shift in days, at most so many forth or back.</summary>
    public TimeSpan Shift(int days) => TimeSpan.FromDays(days == 0 ? 0 : ((BitConverter.ToUInt32(Bytes("shift", "")) / (double)uint.MaxValue * 2) - 1) * days);

    /// <summary>Of IPv4 two octets stay, of IPv6 48 bits; what is no address becomes empty.</summary>
    public static string Network(string text)
    {
        if (!IPAddress.TryParse(text, out var address))
            return "";
        var bytes = (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).GetAddressBytes();
        Array.Clear(bytes, bytes.Length == 4 ? 2 : 6, bytes.Length == 4 ? 2 : 10);
        return new IPAddress(bytes).ToString();
    }

    private byte[] Bytes(string purpose, string text) => HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{purpose}\n{text}"));

    private string Shape(string text, int round)
    {
        var shaped = new StringBuilder(text.Length);
        byte[] bytes = [];
        for (var i = 0; i < text.Length; i++)
        {
            if (i % 32 == 0)
                bytes = Bytes(string.Create(CultureInfo.InvariantCulture, $"shape {i / 32} {round}"), text);
            var one = bytes[i % 32];
            shaped.Append(text[i] switch
            {
                var c when char.IsDigit(c) => (char)('0' + (one % 10)),
                var c when char.IsUpper(c) => char.ToUpperInvariant(Letters[one % 26]),
                var c when char.IsLetter(c) || char.IsSurrogate(c) => Letters[one % 26],
                var c => c,
            });
        }

        return shaped.ToString();
    }
}
