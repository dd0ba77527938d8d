using System.Text;
using GripProxy.Protocol.Items;

namespace GripProxy.Holds.Tests.Reliability;

/// <summary>Publishes what an origin appends, but loses, repeats, delays and reorders some of it, as the seed says.</summary>
internal sealed class FaultyPublisher(HoldsFixture holds, LoggingOrigin origin, Random random)
{
    private readonly List<Item> _delayed = [];

    /// <summary>Appends an item at the origin, and publishes it or not.</summary>
    public void Step()
    {
        var id = origin.Append();
        var text = Encoding.ASCII.GetBytes($"{id}\n");
        var item = new Item
        {
            Channel = LoggingOrigin.Channel,
            Id = $"{id}",
            PrevId = $"{id - 1}",
            HttpStream = new HttpStreamFormat { Content = text },
            HttpResponse = new HttpResponseFormat { Body = text },
        };
        switch (random.Next(10))
        {
            case 0:
                break; // Lost.
            case 1:
                holds.Pipeline.Publish([item, item]);
                break;
            case 2 or 3:
                _delayed.Add(item);
                break;
            default:
                holds.Pipeline.Publish([item]);
                break;
        }

        if (_delayed.Count > 0 && random.Next(3) == 0)
        {
            var late = _delayed[random.Next(_delayed.Count)];
            _delayed.Remove(late);
            holds.Pipeline.Publish([late]);
        }
    }
}
