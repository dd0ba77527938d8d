using GripProxy.GameDay.Clients;
using GripProxy.GameDay.Load;

namespace GripProxy.GameDay.Tests.Clients;

public sealed class ReceiptsTests
{
    [Fact]
    public void CountMissing_OfItsName_CountsWhatWasTakenAndDidNotCome()
    {
        var log = new SentLog(1, names: 2);
        var receipts = new Receipts(name: 1);
        for (var i = 0; i < 10; i++)
        {
            var (number, ofName) = log.Add(i % 2, due: 0);
            if (i != 9)
                log.Take(i % 2, number, ofName);
            if (i is 1 or 3)
                receipts.Note(new EventMark(1, number, ofName, User: 0));
        }

        // Of 1, 3, 5, 7 and 9 the last was not taken, so nobody has to get it.
        Assert.Equal(2, receipts.CountMissing(log));
        Assert.Equal(9, new Receipts(SentLog.Any).CountMissing(log));
    }

    [Fact]
    public void CountMissing_OfWhoJoinsLater_LeavesOutWhatWasSentBefore()
    {
        var log = new SentLog(1, names: 1);
        var receipts = new Receipts(SentLog.Any);
        for (var i = 0; i < 200; i++)
        {
            var (number, ofName) = log.Add(0, due: 0);
            log.Take(0, number, ofName);
            if (i == 149)
                receipts.Join(log);
        }

        Assert.Equal(50, receipts.CountMissing(log));
        // What was under way comes all the same, and is no duplicate.
        Assert.Equal((true, false), receipts.Note(new EventMark(1, 149, 149, 0)));
        Assert.Equal(50, receipts.CountMissing(log));
    }

    [Fact]
    public void Note_Again_IsNotNew()
    {
        var receipts = new Receipts(SentLog.Any);
        Assert.Equal((true, false), receipts.Note(new EventMark(1, 4, 0, 0)));

        Assert.Equal((false, false), receipts.Note(new EventMark(1, 4, 0, 0)));
    }

    [Fact]
    public void Note_EarlierOfTheSameUser_IsLateAndOfAnotherNot()
    {
        var receipts = new Receipts(SentLog.Any);
        receipts.Note(new EventMark(1, 4, 0, User: 7));

        Assert.Equal((true, true), receipts.Note(new EventMark(1, 3, 0, User: 7)));
        Assert.Equal((true, false), receipts.Note(new EventMark(1, 2, 0, User: 8)));
    }
}
