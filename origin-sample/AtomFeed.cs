using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace GripProxy.OriginSample;

/// <summary>Writes the chat as an Atom feed (RFC 4287).</summary>
internal static class AtomFeed
{
    /// <summary>The media type.</summary>
    public const string ContentType = "application/atom+xml";

    private static readonly XNamespace Atom = "http://www.w3.org/2005/Atom";

    /// <summary>The page as a feed; the cursor stands in its <c>next</c> link.</summary>
    public static string Write(ChatPage page)
    {
        var updated = page.Messages.Count > 0 ? page.Messages[^1].At : DateTimeOffset.UnixEpoch;
        var feed = new XElement(
            Atom + "feed",
            new XElement(Atom + "id", "urn:gripproxy:sample:chat"),
            new XElement(Atom + "title", "GripProxy sample chat"),
            new XElement(Atom + "updated", Time(updated)),
            new XElement(Atom + "link", new XAttribute("rel", "next"), new XAttribute("href", "messages?after=" + page.Cursor)),
            page.Messages.Select(Entry));
        return new XDeclaration("1.0", "utf-8", null) + "\n" + feed + "\n";
    }

    private static XElement Entry(ChatMessage message) =>
        new(
            Atom + "entry",
            new XElement(Atom + "id", "urn:gripproxy:sample:chat:" + message.Id),
            new XElement(Atom + "title", "Message from " + Clean(message.User)),
            new XElement(Atom + "updated", Time(message.At)),
            new XElement(Atom + "author", new XElement(Atom + "name", Clean(message.User))),
            new XElement(Atom + "content", new XAttribute("type", "text"), Clean(message.Text)));

    private static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    // XML 1.0 has no way at all to write most control characters or half a surrogate pair.
    private static string Clean(string text)
    {
        var clean = text.ToCharArray();
        for (var i = 0; i < clean.Length; i++)
        {
            if (i + 1 < clean.Length && XmlConvert.IsXmlSurrogatePair(clean[i + 1], clean[i]))
                i++;
            else if (!XmlConvert.IsXmlChar(clean[i]))
                clean[i] = '\uFFFD';
        }

        return new string(clean);
    }
}
